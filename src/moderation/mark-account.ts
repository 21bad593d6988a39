import type { AccountRow } from '#accounts/accounts.ts'
import { isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { endEverything } from '#auth/end-everything.ts'
import { userByAccount } from '#auth/users.ts'
import { accountUpdated } from '#happenings.ts'
import { policyOf } from '#instance/domain-policies.ts'
import { invalid } from '#platform/errors.ts'
import { partWithSuspended } from './part-with-suspended.ts'

type Mark = 'silenced_at' | 'sensitized_at' | 'suspended_at'

/** Shows the account's new posts with pictures as sensitive, or no longer. */
export const sensitizeAccount = (app: App, account: AccountRow) => setMark(app, account, 'sensitized_at')
export const unsensitizeAccount = (app: App, account: AccountRow) => dropMark(app, account, 'sensitized_at')

/** Limits an account: only who follows it finds it. Or no longer, unless its server is limited. */
export const silenceAccount = (app: App, account: AccountRow) => setMark(app, account, 'silenced_at')
export const unsilenceAccount = (app: App, account: AccountRow) => dropMark(app, account, 'silenced_at')

/**
 * Suspends an account: nobody sees it or hears of it any more. One of ours is signed out everywhere, and its data stays for
 * thirty days in case it comes back; with one from elsewhere all follows end, recorded for those who lose by it.
 */
export async function suspendAccount(app: App, account: AccountRow): Promise<void> {
  if (account.suspended_at !== null) return
  await app.inTransaction(async (tx) => {
    await write(tx, account, 'suspended_at', tx.now())
    if (isLocal(account)) return signOut(tx, account)
    await tx.later(partWithSuspended, { accountId: account.id })
  })
}

/** Takes a suspension back. Throws `invalid` for an account that was deleted, or whose server is suspended. */
export async function unsuspendAccount(app: App, account: AccountRow): Promise<void> {
  if (account.deleted_at !== null) throw invalid('Validation failed: Account was deleted')
  await dropMark(app, account, 'suspended_at')
}

async function setMark(app: App, account: AccountRow, mark: Mark): Promise<void> {
  if (account[mark] !== null) return
  await app.inTransaction((tx) => write(tx, account, mark, tx.now()))
}

async function dropMark(app: App, account: AccountRow, mark: Mark): Promise<void> {
  if (account[mark] === null) return
  const policy = isLocal(account) ? undefined : await policyOf(app, account.host)
  const isOfServer = policy?.severity === (mark === 'silenced_at' ? 'silence' : 'suspend')
  if (isOfServer && mark !== 'sensitized_at')
    throw invalid(
      `Validation failed: Account belongs to ${policy?.domain}, about which it was decided as a whole`,
    )
  await app.inTransaction((tx) => write(tx, account, mark, null))
}

async function write(tx: App, account: AccountRow, mark: Mark, at: number | null): Promise<void> {
  await tx.db
    .updateTable('account')
    .set({ [mark]: at, updated_at: tx.now() })
    .where('id', '=', account.id)
    .execute()
  if (!isLocal(account) || mark !== 'suspended_at') return
  // Other servers hide and show it with us.
  await tx.emit(accountUpdated, { accountId: account.id, origin: 'here' })
}

async function signOut(tx: App, account: AccountRow): Promise<void> {
  const user = await userByAccount(tx, account.id)
  if (user) await endEverything(tx, user.id)
}
