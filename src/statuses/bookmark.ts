import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { statusBookmarked } from '#happenings.ts'
import type { StatusRow } from './statuses.ts'

/** Keeps a status in the member's private list; nobody is told. */
export async function bookmark(app: App, account: AccountRow, status: StatusRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    const row = { id: tx.newId(), account_id: account.id, status_id: status.id, created_at: tx.now() }
    await tx.db
      .insertInto('bookmark')
      .values(row)
      .onConflict((clash) => clash.columns(['account_id', 'status_id']).doNothing())
      .execute()
    await tx.emit(statusBookmarked, { statusId: status.id, accountId: account.id, origin: 'here' })
  })
}

/** Takes it off the list again. */
export async function unbookmark(app: App, account: AccountRow, status: StatusRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('bookmark')
      .where('account_id', '=', account.id)
      .where('status_id', '=', status.id)
      .execute()
  })
}
