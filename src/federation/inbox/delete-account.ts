import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { accountDeleted } from '#happenings.ts'
import { deleteStatus } from '#statuses/delete-status.ts'

const BATCH = 100
/** Tables of one account to another. */
const TIES = [
  'follow',
  'follow_request',
  'block',
  'mute',
  'endorsement',
  'account_note',
  'suggestion_dismissal',
] as const

/** Removes an account of another server that ended: its posts in batches, then its ties, then itself. */
export async function deleteRemoteAccount(app: App, account: AccountRow): Promise<void> {
  if (account.domain_id !== null) return
  for (;;) {
    const rows = await app.db
      .selectFrom('status')
      .selectAll()
      .where('account_id', '=', account.id)
      .limit(BATCH)
      .execute()
    for (const row of rows) await deleteStatus(app, row, 'elsewhere')
    if (rows.length < BATCH) break
  }
  await app.inTransaction(async (tx) => {
    await forgetTies(tx, account.id)
    await tx.db.deleteFrom('account_key').where('account_id', '=', account.id).execute()
    await tx.db.deleteFrom('account').where('id', '=', account.id).execute()
    await tx.emit(accountDeleted, { accountId: account.id, uri: account.uri, origin: 'elsewhere' })
  })
}

async function forgetTies(tx: App, id: number): Promise<void> {
  const followers = tx.db.selectFrom('follow').select('account_id').where('target_id', '=', id)
  const followed = tx.db.selectFrom('follow').select('target_id').where('account_id', '=', id)
  await tx.db
    .updateTable('account')
    .set((row) => ({ following_count: row('following_count', '-', 1) }))
    .where('id', 'in', followers)
    .where('following_count', '>', 0)
    .execute()
  await tx.db
    .updateTable('account')
    .set((row) => ({ followers_count: row('followers_count', '-', 1) }))
    .where('id', 'in', followed)
    .where('followers_count', '>', 0)
    .execute()
  for (const table of TIES) {
    await tx.db
      .deleteFrom(table)
      .where((row) => row.or([row('account_id', '=', id), row('target_id', '=', id)]))
      .execute()
  }
  await tx.db.deleteFrom('list_member').where('account_id', '=', id).execute()
  await tx.db.deleteFrom('notification').where('from_account_id', '=', id).execute()
  // Their votes stay counted, as they were cast; who cast them is forgotten.
  await tx.db.deleteFrom('poll_vote').where('account_id', '=', id).execute()
  await tx.db.deleteFrom('favourite').where('account_id', '=', id).execute()
  await tx.db.deleteFrom('mention').where('account_id', '=', id).execute()
}
