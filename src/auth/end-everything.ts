import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'

/** Ends every session, token, code and reset link of a person, in the caller's transaction (ACC-02, ACC-04). */
export async function endEverything(tx: App, userId: number): Promise<void> {
  await tx.db.deleteFrom('session').where('user_id', '=', userId).execute()
  await tx.db
    .updateTable('token')
    .set({ revoked_at: tx.now() })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute()
  await tx.db.deleteFrom('grant').where('user_id', '=', userId).execute()
  await tx.db.deleteFrom('recovery').where('user_id', '=', userId).execute()
  await tx.emit(rightsChanged, { userId })
}
