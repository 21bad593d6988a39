import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { notAllowed } from '#platform/errors.ts'

export type MuteChoices = { notifications?: boolean; durationSeconds?: number }

/** Hides an account from the member, quietly; with a duration it ends by itself. Muting again changes the choices. */
export async function mute(
  app: App,
  account: AccountRow,
  target: AccountRow,
  choices: MuteChoices = {},
): Promise<void> {
  if (account.id === target.id) throw notAllowed()
  await app.inTransaction(async (tx) => {
    const kept = {
      hide_notifications: choices.notifications === false ? 0 : 1,
      expires_at: choices.durationSeconds ? tx.now() + choices.durationSeconds * 1000 : null,
    }
    await tx.db
      .insertInto('mute')
      .values({ id: tx.newId(), account_id: account.id, target_id: target.id, created_at: tx.now(), ...kept })
      .onConflict((clash) => clash.columns(['account_id', 'target_id']).doUpdateSet(kept))
      .execute()
  })
}

/** Shows the account again. */
export async function unmute(app: App, account: AccountRow, target: AccountRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('mute')
      .where('account_id', '=', account.id)
      .where('target_id', '=', target.id)
      .execute()
  })
}
