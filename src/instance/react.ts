import type { AccountRow } from '#accounts/accounts.ts'
import { ownEmojis } from '#accounts/local-emojis.ts'
import type { App } from '#app.ts'
import { announcementReacted } from '#happenings.ts'
import { invalid, notFound } from '#platform/errors.ts'
import type { AnnouncementRow } from './announcements.ts'

/** How many different reactions an announcement may gather (surface j). */
export const MOST_REACTIONS = 8
const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v

/** Adds a member's reaction; once more changes nothing. Throws `invalid` for what is no emoji, or one kind too many. */
export async function react(
  app: App,
  account: AccountRow,
  announcement: AnnouncementRow,
  name: string,
): Promise<void> {
  if (!ONE_EMOJI.test(name) && !(await ownEmojis(app)).some((emoji) => emoji.shortcode === name))
    throw invalid('Validation failed: Name is not a recognized emoji')
  await app.inTransaction(async (tx) => {
    const names = await tx.db
      .selectFrom('announcement_reaction')
      .select('name')
      .distinct()
      .where('announcement_id', '=', announcement.id)
      .execute()
    if (names.length >= MOST_REACTIONS && !names.some((each) => each.name === name))
      throw invalid('Validation failed: Limit of different reactions reached')
    const row = { announcement_id: announcement.id, account_id: account.id, name, created_at: tx.now() }
    await tx.db
      .insertInto('announcement_reaction')
      .values({ id: tx.newId(), ...row })
      .onConflict((clash) => clash.doNothing())
      .execute()
    await tell(tx, announcement, name)
  })
}

/** Takes a member's reaction back; throws `notFound` when there is none. */
export async function unreact(
  app: App,
  account: AccountRow,
  announcement: AnnouncementRow,
  name: string,
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const done = await tx.db
      .deleteFrom('announcement_reaction')
      .where('announcement_id', '=', announcement.id)
      .where('account_id', '=', account.id)
      .where('name', '=', name)
      .executeTakeFirst()
    if (done.numDeletedRows === 0n) throw notFound()
    await tell(tx, announcement, name)
  })
}

const tell = (tx: App, { id, domain_id }: AnnouncementRow, name: string) =>
  tx.emit(announcementReacted, { announcementId: id, domainId: domain_id, name })
