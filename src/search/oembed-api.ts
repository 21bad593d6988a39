import { z } from 'zod'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { EMBED_WIDTH, embedding, OEmbed } from './embedding.ts'
import { findByAddress } from './find-by-address.ts'

const pixels = z.coerce.number().int().positive().max(10_000).optional().catch(undefined)

export const oembedEndpoint = endpoint({
  route: 'GET /api/oembed',
  scope: 'public',
  summary: 'How other pages show a public status of ours',
  cacheSeconds: 300,
  query: z.object({ url: z.string().max(4096).optional(), maxwidth: pixels, maxheight: pixels }),
  returns: OEmbed,
  handle: async ({ app, domain, query }) => {
    const { status } = await findByAddress(app, domain, query.url ?? '', {
      statuses: true,
      accounts: false,
      resolve: false,
    })
    if (!status) throw notFound()
    const width = Math.min(query.maxwidth ?? EMBED_WIDTH, EMBED_WIDTH)
    return embedding(app, domain, status, width, query.maxheight ?? null)
  },
})
