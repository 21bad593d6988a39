import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import { proxied } from '#accounts/proxied.ts'
import type { App, Reader } from '#app.ts'
import { escapeHtml } from '#platform/html.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import type { CardRow } from './cards.ts'
import { cardsByIds } from './cards.ts'

const Author = z.object({ name: z.string(), url: z.string(), account: Account.nullable() })

/** https://docs.joinmastodon.org/entities/PreviewCard/ */
export const PreviewCard = z.object({
  url: z.string(),
  title: z.string(),
  description: z.string(),
  language: z.string().nullable(),
  type: z.enum(['link', 'photo', 'video', 'rich']),
  author_name: z.string(),
  author_url: z.string(),
  authors: z.array(Author),
  provider_name: z.string(),
  provider_url: z.string(),
  html: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  image: z.string().nullable(),
  image_description: z.string(),
  embed_url: z.string(),
  blurhash: z.string().nullable(),
  published_at: z.string().nullable(),
  missing_attribution: z.boolean().nullable(),
})
export type PreviewCard = z.infer<typeof PreviewCard>

/** The cards of these statuses, by card id; no query where no status has one. */
export async function presentCards(
  app: App,
  reader: Reader,
  rows: readonly { card_id: number | null }[],
): Promise<Map<number, PreviewCard>> {
  const ids = [...new Set(rows.flatMap((row) => row.card_id ?? []))]
  if (ids.length === 0) return new Map()
  const cards = await cardsByIds(app, ids)
  const authorIds = [...cards.values()].flatMap((card) => card.author_account_id ?? [])
  const authors = await presentAccountsById(app, reader, authorIds)
  return new Map(
    [...cards].map(([id, card]) => [
      id,
      shape(
        reader,
        card,
        card.author_account_id === null ? null : (authors.get(card.author_account_id) ?? null),
      ),
    ]),
  )
}

function shape({ domain }: Reader, card: CardRow, account: Account | null): PreviewCard {
  const names = account || card.author_name !== ''
  const image = card.image_url === null ? null : proxied(domain, 'cards', card.id, card.image_url)
  return {
    url: card.url,
    title: card.title,
    description: card.description,
    language: card.language,
    type: card.kind,
    author_name: card.author_name,
    author_url: card.author_url,
    authors: names
      ? [{ name: card.author_name || (account?.display_name ?? ''), url: card.author_url, account }]
      : [],
    provider_name: card.provider_name,
    provider_url: card.provider_url,
    html: card.kind === 'video' ? frame(card) : '',
    width: card.width,
    height: card.height,
    image,
    image_description: card.image_description,
    // A picture is shown from our own address, like every other.
    embed_url: card.kind === 'photo' ? (image ?? '') : card.embed_url,
    blurhash: image === null ? null : card.blurhash,
    published_at: isoTimeOrNull(card.published_at),
    missing_attribution: null,
  }
}

function frame({ embed_url, width, height }: CardRow): string {
  const size = width && height ? ` width="${width}" height="${height}"` : ''
  return `<iframe src="${escapeHtml(embed_url)}"${size} allowfullscreen="true" sandbox="allow-scripts allow-same-origin allow-popups"></iframe>`
}
