import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'

/** Suspends an account as staff would: nobody may read it, and it may not act. */
export async function suspendAccount(app: App, accountId: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    const suspended = { suspended_at: tx.now(), updated_at: tx.now() }
    await tx.db.updateTable('account').set(suspended).where('id', '=', accountId).execute()
    await tx.emit(rightsChanged, { userId: 0 })
  })
}
