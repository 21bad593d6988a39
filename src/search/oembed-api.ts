import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { visibleStatus } from '#statuses/visibility.ts'
import { findByAddress } from './find-by-address.ts'

const DAY_SECONDS = 86_400
const WIDTH = 400

/** https://oembed.com/ */
const OEmbed = z.object({
  type: z.literal('rich'),
  version: z.literal('1.0'),
  title: z.string(),
  author_name: z.string(),
  author_url: z.string(),
  provider_name: z.string(),
  provider_url: z.string(),
  cache_age: z.number().int(),
  html: z.string(),
  width: z.number().int(),
  height: z.number().int().nullable(),
})

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
    const width = Math.min(query.maxwidth ?? WIDTH, WIDTH)
    return embedding(app, domain, status, width, query.maxheight ?? null)
  },
})

/** The embedding of a status, refused as not found unless any visitor may see it (PRIV-16). */
async function embedding(
  app: App,
  domain: HostedDomain,
  given: StatusRow,
  width: number,
  height: number | null,
): Promise<z.input<typeof OEmbed>> {
  const status = await visibleStatus(app, null, given.id)
  const author = await accountById(app, status.account_id)
  if (!author || author.domain_id !== domain.id || status.reblog_of_id !== null) throw notFound()
  const page = `${domain.origin}/@${author.username}/${status.id}/embed`
  const tall = height === null ? '' : ` height="${height}"`
  return {
    type: 'rich',
    version: '1.0',
    title: `New status by ${author.username}`,
    author_name: author.display_name || author.username,
    author_url: author.url ?? author.uri,
    provider_name: (await siteOf(app, domain.id)).title,
    provider_url: `${domain.origin}/`,
    cache_age: DAY_SECONDS,
    html: `<iframe src="${page}" class="mastodon-embed" style="max-width: 100%; border: 0" width="${width}"${tall} allowfullscreen="allowfullscreen"></iframe>`,
    width,
    height,
  }
}
