import type { AccountRow } from '#accounts/accounts.ts'
import { isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { positionOf } from '#auth/roles.ts'
import { disableUser } from '#auth/sign-up.ts'
import type { UserRow } from '#auth/users.ts'
import { userByAccount } from '#auth/users.ts'
import { warned } from '#happenings.ts'
import { invalid, notAllowed } from '#platform/errors.ts'
import { sensitizeAccount, silenceAccount, suspendAccount } from './mark-account.ts'
import type { Action } from './warnings.ts'

const LONGEST_TEXT = 5000

export type Deed = {
  action: Action
  /** What is said to the owner. */
  text?: string | undefined
  reportId?: number | null | undefined
  /** Who of the staff does it; null for the keeper's command. */
  by: { user: UserRow; account: AccountRow } | null
}

/** Throws `not allowed` where the one who acts does not stand above the owner of the account (AZ-14). */
export async function demandRank(app: App, by: UserRow, target: AccountRow): Promise<void> {
  const user = isLocal(target) ? await userByAccount(app, target.id) : undefined
  if (!user) return
  if (user.domain_id !== by.domain_id) throw notAllowed()
  if ((await positionOf(app, user)) >= (await positionOf(app, by))) throw notAllowed()
}

/**
 * Does something about an account, tells its owner when it is one of ours, and settles what was reported of it. A sign-in
 * can be frozen for our own people alone; throws `invalid` otherwise.
 */
export async function actOnAccount(app: App, account: AccountRow, deed: Deed): Promise<void> {
  const { action, text = '', reportId = null, by } = deed
  if (text.length > LONGEST_TEXT) throw invalid('Validation failed: Text is too long')
  const user = isLocal(account) ? await userByAccount(app, account.id) : undefined
  if (action === 'disable' && !user) throw invalid('Validation failed: Type is for accounts of this server')
  await app.inTransaction(async (tx) => {
    if (action === 'disable' && user) await disableUser(tx, user)
    if (action === 'sensitive') await sensitizeAccount(tx, account)
    if (action === 'silence') await silenceAccount(tx, account)
    if (action === 'suspend') await suspendAccount(tx, account)
    if (user) await warn(tx, account, { action, text, reportId, by: by?.account.id ?? null })
    // A word alone settles what it is about; anything more, all that was reported of the account.
    if (action !== 'none' || reportId !== null)
      await settleReports(tx, account, by, action === 'none' ? reportId : null)
  })
}

type Said = { action: Action; text: string; reportId: number | null; by: number | null }

async function warn(tx: App, account: AccountRow, { action, text, reportId, by }: Said): Promise<void> {
  const id = tx.newId()
  const row = { id, account_id: by, target_id: account.id, report_id: reportId, action, text }
  await tx.db
    .insertInto('warning')
    .values({ ...row, created_at: tx.now() })
    .execute()
  await tx.emit(warned, { warningId: id, accountId: account.id })
}

/** The staff of a hosted domain settles what was reported there, and nothing of another (AZ-16); the keeper all of it. */
async function settleReports(
  tx: App,
  account: AccountRow,
  by: Deed['by'],
  only: number | null,
): Promise<void> {
  let open = tx.db
    .updateTable('report')
    .set({ action_taken_at: tx.now(), action_taken_by_id: by?.account.id ?? null, updated_at: tx.now() })
    .where('target_id', '=', account.id)
    .where('action_taken_at', 'is', null)
  if (by) open = open.where('domain_id', '=', by.user.domain_id)
  if (only !== null) open = open.where('id', '=', only)
  await open.execute()
}
