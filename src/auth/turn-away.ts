import type { App } from '#app.ts'
import { accountDeleted } from '#happenings.ts'
import { notAllowed } from '#platform/errors.ts'
import { CONFIRMATION_MS } from './confirm-address.ts'
import { endEverything } from './end-everything.ts'
import type { UserRow } from './users.ts'

/** Turns a waiting person away: their account never was. Throws `notAllowed` for somebody who is in already. */
export async function rejectUser(app: App, user: UserRow): Promise<void> {
  // Also where somebody else of the staff was faster.
  const isGone = await app.inTransaction((tx) => unmake(tx, user, 'approved_at'))
  if (!isGone) throw notAllowed('This person is in already')
}

/** How many newcomers who never confirmed are let go of in one go. */
const AT_ONCE = 100

/** Lets go of those who signed up a week ago and never confirmed their address: their names are free again. */
export async function forgetUnconfirmed(app: App): Promise<void> {
  const stale = await app.db
    .selectFrom('user')
    .selectAll()
    .where('confirmed_at', 'is', null)
    .where('last_sign_in_at', 'is', null)
    .where('created_at', '<', app.now() - CONFIRMATION_MS)
    .limit(AT_ONCE)
    .execute()
  for (const user of stale) await app.inTransaction((tx) => unmake(tx, user, 'confirmed_at'))
}

/** Removes a newcomer while they still lack that, in the caller's transaction; answers whether they did. */
async function unmake(tx: App, user: UserRow, lacks: 'approved_at' | 'confirmed_at'): Promise<boolean> {
  const removed = await tx.db
    .deleteFrom('user')
    .where('id', '=', user.id)
    .where(lacks, 'is', null)
    .executeTakeFirst()
  if (removed.numDeletedRows === 0n) return false
  await endEverything(tx, user.id)
  const account = await tx.db
    .selectFrom('account')
    .selectAll()
    .where('id', '=', user.account_id)
    .executeTakeFirst()
  if (!account) return true
  await tx.db.deleteFrom('account_key').where('account_id', '=', account.id).execute()
  await tx.db.deleteFrom('notification').where('from_account_id', '=', account.id).execute()
  await tx.db.deleteFrom('account').where('id', '=', account.id).execute()
  // Nobody elsewhere ever heard of it, so nobody is told.
  await tx.emit(accountDeleted, { accountId: account.id, uri: account.uri, origin: 'elsewhere' })
  return true
}
