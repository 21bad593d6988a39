import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { accountDeleted } from '#happenings.ts'
import { erasePosts, eraseTies } from '#moderation/erase-account.ts'

/** Removes an account of another server that ended: its posts in batches, then its ties, then itself. */
export async function deleteRemoteAccount(app: App, account: AccountRow): Promise<void> {
  if (account.domain_id !== null) return
  await erasePosts(app, account)
  await eraseTies(app, account.id)
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('account_key').where('account_id', '=', account.id).execute()
    await tx.db.deleteFrom('account').where('id', '=', account.id).execute()
    await tx.emit(accountDeleted, { accountId: account.id, uri: account.uri, origin: 'elsewhere' })
  })
}
