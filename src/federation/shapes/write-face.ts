import type { App } from '#app.ts'
import type { FavouriteRow } from '#statuses/statuses.ts'
import type { Document } from './context-out.ts'
import { writeEmoji } from './write-emojis.ts'

/** What a favourite with a face says of it; nothing for a plain one. Emojis of others go by their code alone. */
export async function writeFace(
  app: App,
  favourite: Pick<FavouriteRow, 'reaction' | 'emoji_id' | 'account_id'>,
): Promise<{ face?: string; tag?: Document[] }> {
  const { reaction, emoji_id: emojiId } = favourite
  if (reaction === null) return {}
  if (emojiId === null) return { face: reaction }
  const row = await app.db.selectFrom('emoji').selectAll().where('id', '=', emojiId).executeTakeFirst()
  const [domain] = app.domains.all()
  if (!row || !domain) return {}
  return { face: `:${row.shortcode}:`, tag: [writeEmoji(domain.origin, row)] }
}
