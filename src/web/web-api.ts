import { z } from 'zod'
import { saveWebSettings } from '#auth/users.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { readId } from '#platform/ids.ts'
import { EMBED_WIDTH, embedding, OEmbed } from '#search/embedding.ts'
import { statusById } from '#statuses/statuses.ts'
import { browserSession } from './api-session.ts'

const MOST_SETTINGS = 64 * 1024

const saving = (method: 'PUT' | 'PATCH') =>
  endpoint({
    route: `${method} /api/web/settings`,
    scope: 'public',
    summary: 'Keep what a web client of ours wants to remember of its member',
    body: z.object({ data: z.record(z.string(), z.unknown()).optional() }),
    returns: z.object({}).strict(),
    handle: async ({ app, domain, body, request }) => {
      const { user } = await browserSession(app, domain, request)
      const data = body.data ?? {}
      if (JSON.stringify(data).length > MOST_SETTINGS) throw invalid('Validation failed: Data is too large')
      await saveWebSettings(app, user, data)
      return {}
    },
  })
export const saveWebSettingsEndpoint = saving('PUT')
export const patchWebSettingsEndpoint = saving('PATCH')

export const webEmbedEndpoint = endpoint({
  route: 'GET /api/web/embeds/:id',
  scope: 'public',
  summary: 'How to embed a public post of ours, for a web client',
  returns: OEmbed,
  handle: async ({ app, domain, params, request }) => {
    await browserSession(app, domain, request)
    const status = await statusById(app, readId(params.id) ?? -1)
    if (!status) throw notFound()
    return embedding(app, domain, status, EMBED_WIDTH, null)
  },
})
