import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import { notFound } from '#platform/errors.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { visibleStatus } from '#statuses/visibility.ts'

const DAY_SECONDS = 86_400
/** How wide an embedded status is unless less is asked for, in pixels. */
export const EMBED_WIDTH = 400

/** https://oembed.com/ */
export const OEmbed = z.object({
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

/** The embedding of a status, refused as not found unless any visitor may see it (PRIV-16). */
export async function embedding(
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
