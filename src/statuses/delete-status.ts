import type { App } from '#app.ts'
import { statusDeleted } from '#happenings.ts'
import { dropMedia, releaseMedia } from '#media/drop-media.ts'
import { takeBackMedia } from '#media/leave-media.ts'
import { erasePolls } from './keep-poll.ts'
import { dropQuotes } from './keep-quote.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'

/** How many accounts that boosted, answered or quoted are told of a deletion. */
const MOST_TOLD = 5000

/**
 * Deletes a status with its boosts, marks and versions, leaves a tombstone, and says who should hear of it. Its
 * files stay uploads for a day unless they are to go too. Without a tombstone it is only forgotten, and may come again.
 * Deleting what is already gone does nothing.
 */
export async function deleteStatus(
  app: App,
  given: StatusRow,
  origin: 'here' | 'elsewhere',
  { deleteMedia = false, leaveTombstone: isFinal = true } = {},
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const status = await statusById(tx, given.id)
    if (!status) return
    const author = await tx.db
      .selectFrom('account')
      .select(['id', 'uri'])
      .where('id', '=', status.account_id)
      .executeTakeFirstOrThrow()
    const audience = await audienceOf(tx, status)
    await uncount(tx, status)
    await dropQuotes(tx, status)
    const reblogs = await tx.db
      .selectFrom('status')
      .select('id')
      .where('reblog_of_id', '=', status.id)
      .execute()
    if (deleteMedia) await dropMedia(tx, await takeBackMedia(tx, status.id))
    await erase(tx, [status.id, ...reblogs.map((row) => row.id)])
    if (isFinal) await leaveTombstone(tx, status.uri, author.uri, status.domain_id !== null)
    await tx.emit(statusDeleted, {
      statusId: status.id,
      accountId: author.id,
      uri: status.uri,
      visibility: status.visibility,
      localOnly: status.local_only === 1,
      audience,
      origin,
    })
  })
}

/** Remembers that `actorUri` deleted `uri`, so that a late copy stays away; in the caller's transaction. */
export async function leaveTombstone(tx: App, uri: string, actorUri: string, local: boolean): Promise<void> {
  await tx.db
    .insertInto('tombstone')
    .values({ uri, actor_uri: actorUri, local: local ? 1 : 0, created_at: tx.now() })
    .onConflict((clash) => clash.doNothing())
    .execute()
}

async function audienceOf(tx: App, status: StatusRow): Promise<number[]> {
  const mentioned = tx.db.selectFrom('mention').select('account_id as id').where('status_id', '=', status.id)
  const boosted = tx.db.selectFrom('status').select('account_id as id').where('reblog_of_id', '=', status.id)
  const answered = tx.db
    .selectFrom('status')
    .select('account_id as id')
    .where('in_reply_to_id', '=', status.id)
  const quoting = tx.db.selectFrom('quote').select('account_id as id').where('quoted_id', '=', status.id)
  const quoted = tx.db
    .selectFrom('quote')
    .select('quoted_account_id as id')
    .where('status_id', '=', status.id)
    .where('quoted_account_id', 'is not', null)
    .$narrowType<{ id: number }>()
  const rows = await mentioned
    .union(boosted)
    .union(answered)
    .union(quoting)
    .union(quoted)
    .limit(MOST_TOLD)
    .execute()
  const ids = rows.map((row) => row.id)
  return status.in_reply_to_account_id === null ? ids : [...ids, status.in_reply_to_account_id]
}

async function uncount(tx: App, status: StatusRow) {
  await tx.db
    .updateTable('account')
    .set((row) => ({ statuses_count: row('statuses_count', '-', 1) }))
    .where('id', '=', status.account_id)
    .where('statuses_count', '>', 0)
    .execute()
  const open = status.visibility === 'public' || status.visibility === 'unlisted'
  if (status.in_reply_to_id !== null && open) await lower(tx, status.in_reply_to_id, 'replies_count')
  // Answers stay and lose their parent; should it come back, they find it by its uri.
  await tx.db
    .updateTable('status')
    .set({ in_reply_to_id: null, in_reply_to_uri: status.uri })
    .where('in_reply_to_id', '=', status.id)
    .execute()
}

/** Takes one off a counter of a status, never below nothing; in the caller's transaction. */
export async function lower(
  tx: App,
  statusId: number,
  counter: 'replies_count' | 'reblogs_count' | 'favourites_count' | 'reactions_count',
): Promise<void> {
  await tx.db
    .updateTable('status')
    .set((row) => ({ [counter]: row(counter, '-', 1) }))
    .where('id', '=', statusId)
    .where(counter, '>', 0)
    .execute()
}

/** Removes the rows of these statuses and all that hangs on them, in the caller's transaction. */
export async function erase(tx: App, ids: number[]): Promise<void> {
  for (const table of [
    'mention',
    'status_tag',
    'status_edit',
    'favourite',
    'bookmark',
    'notification',
    'status_pin',
  ] as const) {
    await tx.db.deleteFrom(table).where('status_id', 'in', ids).execute()
  }
  await erasePolls(tx, ids)
  await releaseMedia(tx, ids)
  await tx.db.deleteFrom('status').where('id', 'in', ids).execute()
}
