import { sql } from 'kysely'
import { z } from 'zod'
import type { EmojiRow } from '#accounts/accounts.ts'
import { presentEmoji } from '#accounts/emojis.ts'
import type { App, Reader } from '#app.ts'
import type { StatusRow } from './statuses.ts'

/** An emoji that favourites of a status were given with; what servers of the same kind as glitch-soc call it. */
export const Reaction = z.object({
  name: z.string(),
  count: z.number().int(),
  me: z.boolean(),
  url: z.string().optional(),
  static_url: z.string().optional(),
})
export type Reaction = z.infer<typeof Reaction>

type Found = { status_id: number; reaction: string; emoji_id: number | null; count: number; me: number }

/** The reactions to these statuses, the most given first; no query where no status has one. */
export async function presentReactions(
  app: App,
  reader: Reader,
  rows: Iterable<Pick<StatusRow, 'id' | 'reactions_count'>>,
): Promise<Map<number, Reaction[]>> {
  const ids = [...rows].flatMap((row) => (row.reactions_count > 0 ? [row.id] : []))
  if (ids.length === 0) return new Map()
  const found = await sql<Found>`
    select status_id, reaction, max(emoji_id) as emoji_id, count(*) as count,
      max(case when account_id = ${reader.account?.id ?? 0} then 1 else 0 end) as me
    from favourite where ${app.dialect.among(sql`status_id`, ids)} and reaction is not null
    group by status_id, reaction order by status_id, count(*) desc, reaction`.execute(app.db)
  const emojis = await emojisOf(app, found.rows)
  const shown = new Map<number, Reaction[]>()
  for (const { status_id: id, reaction, emoji_id: emojiId, count, me } of found.rows) {
    const emoji = emojiId === null ? undefined : emojis.get(Number(emojiId))
    const { url, static_url } = emoji ? presentEmoji(emoji, reader.domain) : {}
    const name = emoji && emoji.host !== '' ? `${reaction}@${emoji.host}` : reaction
    const picture = url && static_url ? { url, static_url } : {}
    const all = shown.get(Number(id)) ?? []
    all.push({ name, count: Number(count), me: Number(me) === 1, ...picture })
    shown.set(Number(id), all)
  }
  return shown
}

async function emojisOf(app: App, rows: readonly Found[]): Promise<Map<number, EmojiRow>> {
  const ids = [...new Set(rows.flatMap(({ emoji_id: id }) => (id === null ? [] : [Number(id)])))]
  if (ids.length === 0) return new Map()
  const found = await app.db.selectFrom('emoji').selectAll().where(app.dialect.among(sql`id`, ids)).execute()
  return new Map(found.map((row) => [row.id, row]))
}
