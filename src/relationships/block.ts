import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { blocked, unblocked } from '#happenings.ts'
import { notAllowed } from '#platform/errors.ts'
import { severFollows } from './follow.ts'

/** Blocks an account: follows end both ways, and neither sees the other any more. */
export async function block(
  app: App,
  account: AccountRow,
  target: AccountRow,
  foreign: { uri: string } | null = null,
): Promise<void> {
  if (account.id === target.id) throw notAllowed()
  const origin = foreign ? 'elsewhere' : 'here'
  await app.inTransaction(async (tx) => {
    const known = await blockOf(tx, account.id, target.id)
    if (known) return
    await severFollows(tx, account, target, origin)
    const id = tx.newId()
    const uri = foreign?.uri ?? `${account.uri}#blocks/${id}`
    await tx.db
      .insertInto('block')
      .values({ id, account_id: account.id, target_id: target.id, uri, created_at: tx.now() })
      .onConflict((clash) => clash.columns(['account_id', 'target_id']).doNothing())
      .execute()
    await tx.db
      .deleteFrom('notification')
      .where('account_id', '=', account.id)
      .where('from_account_id', '=', target.id)
      .execute()
    await tx.emit(blocked, { accountId: account.id, targetId: target.id, uri, origin })
  })
}

/** Takes a block back; ended follows stay ended. */
export async function unblock(
  app: App,
  account: AccountRow,
  target: AccountRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const known = await blockOf(tx, account.id, target.id)
    if (!known) return
    await tx.db.deleteFrom('block').where('id', '=', known.id).execute()
    await tx.emit(unblocked, { accountId: account.id, targetId: target.id, uri: known.uri, origin })
  })
}

/** The block of one account by another, or undefined. */
export async function blockOf(app: App, accountId: number, targetId: number) {
  return app.db
    .selectFrom('block')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('target_id', '=', targetId)
    .executeTakeFirst()
}
