import type { AccountRow } from '#accounts/accounts.ts'
import { isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { demandPassword } from '#auth/demand-password.ts'
import { endEverything } from '#auth/end-everything.ts'
import { userByAccount } from '#auth/users.ts'
import { accountDeleted } from '#happenings.ts'
import { notFound } from '#platform/errors.ts'
import { DAY } from '#platform/times.ts'
import { eraseAccount } from './erase-account.ts'

/** How long the data of a suspended account of ours is kept, in ms. */
const KEPT = 30 * DAY
const MOST_AT_ONCE = 20

/**
 * Ends an account for good. From this moment nobody sees it, it is signed out everywhere, and every server that may know it
 * is told; its posts, files and ties are erased soon after. Its name stays taken. An account of another server is
 * emptied and stays suspended. Ending what has ended does nothing.
 */
export async function deleteAccount(app: App, account: AccountRow): Promise<void> {
  if (account.deleted_at !== null) return
  await app.inTransaction(async (tx) => {
    const now = tx.now()
    const ended = { deleted_at: now, suspended_at: account.suspended_at ?? now, updated_at: now }
    await tx.db.updateTable('account').set(ended).where('id', '=', account.id).execute()
    const user = isLocal(account) ? await userByAccount(tx, account.id) : undefined
    if (user) {
      await endEverything(tx, user.id)
      await tx.db.deleteFrom('user').where('id', '=', user.id).execute()
    }
    const origin = isLocal(account) ? 'here' : 'elsewhere'
    await tx.emit(accountDeleted, { accountId: account.id, uri: account.uri, origin })
    await tx.later(eraseAccount, { accountId: account.id }, { unique: `erase ${account.id}` })
  })
}

/** A member ends their own account; throws `invalid` naming the password when it is wrong. */
export async function deleteOwnAccount(app: App, account: AccountRow, password: string): Promise<void> {
  const user = await userByAccount(app, account.id)
  if (!user) throw notFound()
  await demandPassword(user, password)
  await deleteAccount(app, account)
}

/** Ends accounts of ours that were suspended so long ago that they will not come back. */
export async function deleteLongSuspended(app: App): Promise<void> {
  const rows = await app.db
    .selectFrom('account')
    .selectAll()
    .where('domain_id', 'is not', null)
    .where('deleted_at', 'is', null)
    .where('suspended_at', '<', app.now() - KEPT)
    .limit(MOST_AT_ONCE)
    .execute()
  for (const row of rows) await deleteAccount(app, row)
}
