import type { AccountRow } from '#accounts/accounts.ts'
import { saveRemoteEmojis } from '#accounts/emojis.ts'
import type { App } from '#app.ts'
import type { Face } from '#statuses/favourite.ts'
import { readEmojis } from './read-person.ts'
import type { Shaped } from './shape.ts'
import { textOf } from './shape.ts'

const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v
const CUSTOM = /^:([A-Za-z0-9_]{1,64})(?:@[^:\s]{1,255})?:$/

/** The emoji of an EmojiReact, or of a Like in the way of Misskey; null for a plain Like, and for what is no emoji. */
export async function readFace(app: App, actor: AccountRow, activity: Shaped): Promise<Face | null> {
  const said = textOf(activity.content ?? activity._misskey_reaction, 330).trim()
  if (ONE_EMOJI.test(said)) return { name: said, emojiId: null }
  const shortcode = CUSTOM.exec(said)?.[1]
  const emoji = shortcode && readEmojis(activity.tag).find((each) => each.shortcode === shortcode)
  if (!emoji) return null
  await app.inTransaction((tx) => saveRemoteEmojis(tx, actor.host, [emoji]))
  const row = await app.db
    .selectFrom('emoji')
    .select('id')
    .where('host', '=', actor.host)
    .where('shortcode', '=', emoji.shortcode)
    .executeTakeFirst()
  return row ? { name: emoji.shortcode, emojiId: row.id } : null
}
