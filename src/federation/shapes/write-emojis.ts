import { sql } from 'kysely'
import type { EmojiRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { isoTime } from '#platform/times.ts'
import type { Document } from './context-out.ts'

const CODE = /:([a-zA-Z0-9_]{1,64}):/g
/** How many codes of one text are looked up. */
const MOST_CODES = 64

const byCodes = prepared<{ codes: readonly string[] }, EmojiRow>((db, { codes }, dialect) =>
  db.selectFrom('emoji').selectAll().where('host', '=', '').where(dialect.amongText(sql`shortcode`, codes)),
)

/** Our own emojis that these texts use, by code; no query where no code is written. */
export async function ownEmojisIn(app: App, texts: readonly string[]): Promise<Map<string, EmojiRow>> {
  const codes = new Set(texts.flatMap(codesIn))
  if (codes.size === 0) return new Map()
  const rows = await byCodes(app, { codes: [...codes] })
  return new Map(rows.map((row) => [row.shortcode, row]))
}

/** The Emoji tags of one text, from those that `ownEmojisIn` found. */
export function emojiTags(origin: string, text: string, found: ReadonlyMap<string, EmojiRow>): Document[] {
  if (found.size === 0) return []
  return [...new Set(codesIn(text))].flatMap((code) => {
    const row = found.get(code)
    return row ? [writeEmoji(origin, row)] : []
  })
}

/** A custom emoji of ours as an object. */
export function writeEmoji(origin: string, row: EmojiRow): Document {
  return {
    id: row.uri ?? `${origin}/emojis/${row.id}`,
    type: 'Emoji',
    name: `:${row.shortcode}:`,
    updated: isoTime(row.updated_at),
    icon: { type: 'Image', mediaType: imageTypeOf(row.url), url: new URL(row.url, origin).href },
  }
}

/** The media type that a picture's address suggests. */
export function imageTypeOf(url: string): string {
  const ending = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase()
  const types: Record<string, string> = {
    gif: 'image/gif',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    webp: 'image/webp',
    avif: 'image/avif',
    svg: 'image/svg+xml',
  }
  return types[ending ?? ''] ?? 'image/png'
}

function codesIn(text: string): string[] {
  if (!text.includes(':')) return []
  return [...text.matchAll(CODE)].slice(0, MOST_CODES).map((match) => match[1] as string)
}
