import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'

const MOST_CHARACTERS = 2000

/** Keeps what the member notes down about an account, for their eyes only; a blank comment takes the note away. */
export async function noteAccount(
  app: App,
  account: AccountRow,
  target: AccountRow,
  comment: string,
): Promise<void> {
  if ([...comment].length > MOST_CHARACTERS) {
    const description = `is too long (maximum is ${MOST_CHARACTERS} characters)`
    throw invalid(`Validation failed: Comment ${description}`, {
      comment: [{ error: 'ERR_TOO_LONG', description }],
    })
  }
  await app.inTransaction(async (tx) => {
    const pair = { account_id: account.id, target_id: target.id }
    if (comment.trim() === '') {
      await tx.db
        .deleteFrom('account_note')
        .where('account_id', '=', account.id)
        .where('target_id', '=', target.id)
        .execute()
      return
    }
    const kept = { comment, updated_at: tx.now() }
    await tx.db
      .insertInto('account_note')
      .values({ id: tx.newId(), ...pair, ...kept, created_at: tx.now() })
      .onConflict((clash) => clash.columns(['account_id', 'target_id']).doUpdateSet(kept))
      .execute()
  })
}
