import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { ownMarksChanged } from './own-marks.ts'
import type { StatusRow } from './statuses.ts'

/** How many conversations one account may mute; the oldest mute is forgotten for the next. */
const MOST_MUTES = 2000

/** Lets the conversation of a status interrupt the member no more. */
export async function muteConversation(app: App, account: AccountRow, status: StatusRow): Promise<void> {
  const { conversation_id } = status
  if (conversation_id === null) throw invalid('Validation failed: This post belongs to no conversation')
  await app.inTransaction(async (tx) => {
    const mutes = tx.db.selectFrom('conversation_mute').where('account_id', '=', account.id)
    const last = await mutes
      .select('created_at')
      .orderBy('created_at', 'desc')
      .offset(MOST_MUTES - 1)
      .limit(1)
      .executeTakeFirst()
    if (last) {
      await tx.db
        .deleteFrom('conversation_mute')
        .where('account_id', '=', account.id)
        .where('created_at', '<=', last.created_at)
        .execute()
    }
    await tx.db
      .insertInto('conversation_mute')
      .values({ account_id: account.id, conversation_id, created_at: tx.now() })
      .onConflict((clash) => clash.doNothing())
      .execute()
    ownMarksChanged(tx, account.id)
  })
}

/** Lets it interrupt them again. */
export async function unmuteConversation(app: App, account: AccountRow, status: StatusRow): Promise<void> {
  if (status.conversation_id === null) return
  const { conversation_id } = status
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('conversation_mute')
      .where('account_id', '=', account.id)
      .where('conversation_id', '=', conversation_id)
      .execute()
    ownMarksChanged(tx, account.id)
  })
}
