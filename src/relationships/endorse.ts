import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { followOf } from './relationships.ts'

/** Shows an account on the member's profile; throws `invalid` unless the member follows it. */
export async function endorse(app: App, account: AccountRow, target: AccountRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    if (!(await followOf(tx, account.id, target.id))) {
      throw invalid(
        'Validation failed: You must be already following the person you want to feature on your profile',
      )
    }
    await tx.db
      .insertInto('endorsement')
      .values({ id: tx.newId(), account_id: account.id, target_id: target.id, created_at: tx.now() })
      .onConflict((clash) => clash.columns(['account_id', 'target_id']).doNothing())
      .execute()
  })
}

/** Shows it no longer; does nothing when it was not shown. */
export async function unendorse(app: App, account: AccountRow, target: AccountRow): Promise<void> {
  await app.inTransaction((tx) => dropEndorsement(tx, account.id, target.id))
}

/** Takes an endorsement away with the follow it stood on, in the caller's transaction. */
export async function dropEndorsement(tx: App, accountId: number, targetId: number): Promise<void> {
  await tx.db
    .deleteFrom('endorsement')
    .where('account_id', '=', accountId)
    .where('target_id', '=', targetId)
    .execute()
}
