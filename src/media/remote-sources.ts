import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { accountById } from '#accounts/accounts.ts'
import { tagOf } from '#accounts/proxied.ts'
import type { App } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { policyOf } from '#instance/domain-policies.ts'
import { mediaLimits } from '#platform/media-types.ts'
import { cardsByIds } from '#statuses/cards.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import { mediaByIds } from './media.ts'

/** A file of another server that our pages and answers lead to. */
export type RemoteSource = {
  /** Stands for address and variant. */
  name: string
  url: string
  mediaId: number | null
  /** The preview card whose picture it is. */
  cardId?: number
  mostBytes: number
  /** How it is kept: as it came (up to so many bytes), else as a picture of so many points; `any` lets in films. */
  keep: { any: boolean; bytes: number; pixels: number }
  /** Whether the reader is sent to its own address when it is too large for us. */
  elsewhere: boolean
}

/** What a path below /media_proxy/ means: a file, a newer path, or nothing. */
export type Meant = { source: RemoteSource } | { moved: string } | null

const MIB = 1024 * 1024
const PICTURES = {
  avatars: { most: 8 * MIB, bytes: 200 * 1024, pixels: 400 * 400 },
  headers: { most: 8 * MIB, bytes: 400 * 1024, pixels: 1500 * 500 },
  // Always drawn anew: what a card shows has a blurhash.
  cards: { most: 8 * MIB, bytes: 0, pixels: 230_400 },
  emojis: { most: 256 * 1024, bytes: 256 * 1024, pixels: 400 * 400 },
} as const
type PictureKind = keyof typeof PICTURES

/** Finds what the parts of a path mean. Only addresses that came with a document are ever asked (MED-16). */
export async function remoteSource(app: App, parts: readonly string[]): Promise<Meant> {
  const [first = '', second = '', third = '', fourth] = parts
  if (first in PICTURES) return pictureSource(app, first as PictureKind, second, third, fourth)
  if (parts.length > 3 || !/^\d{1,16}$/.test(first)) return null
  if (second !== 'original' && second !== 'small') return null
  const row = (await mediaByIds(app, [Number(first)])).get(Number(first))
  if (!row?.remote_url || !(await mayLook(app, row, third))) return null
  return made(app, attachment(row, row.remote_url, second))
}

function attachment(row: MediaRow, url: string, variant: 'original' | 'small'): RemoteSource {
  const most = row.kind === 'image' ? mediaLimits.imageBytes : mediaLimits.filmBytes
  if (variant === 'original') {
    const keep = { any: true, bytes: most, pixels: mediaLimits.originalPixels }
    const elsewhere = row.kind !== 'image'
    return { name: nameOf(variant, url), url, mediaId: row.id, mostBytes: most, keep, elsewhere }
  }
  const shown = row.preview_url ?? url
  const keep = { any: false, bytes: 0, pixels: mediaLimits.previewPixels }
  const mostBytes = mediaLimits.imageBytes
  return { name: nameOf(variant, shown), url: shown, mediaId: row.id, mostBytes, keep, elsewhere: false }
}

/** Who knows the tag was shown the post; without it only what anybody may see is given (PRIV-21). */
async function mayLook(app: App, row: MediaRow, tag: string): Promise<boolean> {
  const owner = await app.db
    .selectFrom('account')
    .select('suspended_at')
    .where('id', '=', row.account_id)
    .executeTakeFirst()
  if (!owner || owner.suspended_at !== null) return false
  if (tag !== '') return tag === tagOf(row.remote_url ?? '')
  const open = await app.db
    .selectFrom('status')
    .select('id')
    .where('id', '=', row.status_id ?? 0)
    .where('visibility', 'in', ['public', 'unlisted'])
    .executeTakeFirst()
  return open !== undefined
}

async function pictureSource(
  app: App,
  kind: PictureKind,
  id: string,
  tag: string,
  still: string | undefined,
): Promise<Meant> {
  if (!/^\d{1,16}$/.test(id) || (still !== undefined && still !== 'static')) return null
  const url = await pictureUrl(app, kind, Number(id))
  if (!url) return null
  const ending = still ? '/static' : ''
  if (tagOf(url) !== tag) return { moved: `/media_proxy/${kind}/${id}/${tagOf(url)}${ending}` }
  const { most, bytes, pixels } = PICTURES[kind]
  return made(app, {
    name: nameOf(still ?? kind, url),
    url,
    mediaId: null,
    ...(kind === 'cards' ? { cardId: Number(id) } : {}),
    mostBytes: most,
    keep: { any: false, bytes: still ? 0 : bytes, pixels },
    elsewhere: false,
  })
}

async function pictureUrl(app: App, kind: PictureKind, id: number): Promise<string | null> {
  if (kind === 'emojis') return emojiUrl(app, id)
  if (kind !== 'cards') return profileUrl(app, kind, id)
  return (await cardsByIds(app, [id])).get(id)?.image_url ?? null
}

async function emojiUrl(app: App, id: number): Promise<string | null> {
  const row = await app.db
    .selectFrom('emoji')
    .select('url')
    .where('id', '=', id)
    .where(sql<boolean>`host <> ''`)
    .executeTakeFirst()
  return row?.url ?? null
}

async function profileUrl(app: App, kind: 'avatars' | 'headers', id: number): Promise<string | null> {
  const row = await accountById(app, id)
  if (!row || row.domain_id !== null || row.suspended_at !== null) return null
  return kind === 'avatars' ? row.avatar_url : row.header_url
}

/** Our own files are never fetched over the network (SSRF-14), nor those of servers whose media are not wanted. */
async function made(app: App, source: RemoteSource): Promise<Meant> {
  const host = URL.parse(source.url)?.host
  if (host === undefined || app.domains.isOurs(host) || !(await isAdmitted(app, host))) return null
  return (await policyOf(app, host))?.reject_media === 1 ? null : { source }
}

/** The name of the copy of a file in a variant. */
export function nameOf(variant: string, url: string): string {
  return createHash('sha256').update(`${variant} ${url}`).digest('base64url')
}
