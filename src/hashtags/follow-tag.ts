import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import { prepared } from '#platform/database/prepared.ts'
import { invalid } from '#platform/errors.ts'
import type { Page } from '#platform/paging.ts'
import { isTagName, tagName } from '#platform/text/parse-text.ts'
import type { TagRow } from '#statuses/statuses.ts'
import { tagByName, tagIds } from './hashtags.ts'

/** `account_id` wants public statuses with a tag in the home. */
export type TagFollowRow = { id: number; account_id: number; tag_id: number; created_at: number }

/** How many tags one member may follow: each is looked at for every page of the home. */
export const MOST_FOLLOWED_TAGS = 400

const followed = prepared<{ me: number }, { id: number }>((db, { me }) =>
  db.selectFrom('tag_follow').select('tag_id as id').where('account_id', '=', me),
)

/** Ids of all tags the account follows. */
export async function followedTagIds(app: App, me: number): Promise<number[]> {
  return (await followed(app, { me })).map((row) => row.id)
}

/** Follows a tag, which need not have been used yet; following again changes nothing. Throws `invalid` for no tag. */
export async function followTag(app: App, account: AccountRow, asked: string): Promise<TagRow> {
  const displayName = asked.replace(/^[#＃]/, '')
  if (!isTagName(displayName)) throw invalid('Validation failed: Tag is invalid')
  const name = tagName(displayName)
  await app.inTransaction(async (tx) => {
    const [tagId] = await tagIds(tx, [{ name, displayName }])
    const known = await followedTagIds(tx, account.id)
    if (tagId === undefined || known.includes(tagId)) return
    if (known.length >= MOST_FOLLOWED_TAGS)
      throw invalid(`Validation failed: You cannot follow more than ${MOST_FOLLOWED_TAGS} hashtags`)
    const row = { id: tx.newId(), account_id: account.id, tag_id: tagId, created_at: tx.now() }
    await tx.db
      .insertInto('tag_follow')
      .values(row)
      .onConflict((clash) => clash.doNothing())
      .execute()
  })
  return (await tagByName(app, name)) as TagRow
}

/** Ends the following of a tag. */
export async function unfollowTag(app: App, account: AccountRow, tagId: number): Promise<void> {
  await app.inTransaction((tx) =>
    tx.db.deleteFrom('tag_follow').where('account_id', '=', account.id).where('tag_id', '=', tagId).execute(),
  )
}

/** A page of the tags the account follows, newest first; `followId` is the cursor. */
export async function followedTags(
  app: App,
  account: AccountRow,
  page: Page,
): Promise<(TagRow & { followId: number })[]> {
  const query = app.db
    .selectFrom('tag_follow')
    .innerJoin('tag', 'tag.id', 'tag_follow.tag_id')
    .selectAll('tag')
    .select('tag_follow.id as followId')
    .where('tag_follow.account_id', '=', account.id)
  return pageRows<TagRow & { followId: number }>(query, 'tag_follow.id', page)
}
