import type { App } from '#app.ts'
import { HOUR } from '#platform/times.ts'

/** How long an Idempotency-Key answers with the first post, in ms. */
export const IDEMPOTENCY_MS = HOUR

/** What a key was answered with. */
export type FirstAnswer = { statusId: number | null; scheduledId: number | null }

/** What the account's key was answered with within the hour, or undefined for a fresh one. */
export async function firstAnswer(
  app: App,
  accountId: number,
  key: string,
): Promise<FirstAnswer | undefined> {
  const row = await app.db
    .selectFrom('idempotency')
    .select(['status_id', 'scheduled_id'])
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .where('created_at', '>', app.now() - IDEMPOTENCY_MS)
    .executeTakeFirst()
  return row && { statusId: row.status_id || null, scheduledId: row.scheduled_id }
}

/**
 * Takes a key for the caller's transaction; undefined when it is now the caller's to answer. Of two at the same
 * moment the second waits here for the first and finds its answer.
 */
export async function takeKey(tx: App, accountId: number, key: string): Promise<FirstAnswer | undefined> {
  const fresh = { status_id: 0, scheduled_id: null, created_at: tx.now() }
  const taken = await tx.db
    .insertInto('idempotency')
    .values({ account_id: accountId, key, ...fresh })
    .onConflict((clash) =>
      clash
        .columns(['account_id', 'key'])
        .doUpdateSet(fresh)
        .where('idempotency.created_at', '<=', tx.now() - IDEMPOTENCY_MS),
    )
    .executeTakeFirst()
  return taken.numInsertedOrUpdatedRows === 1n ? undefined : firstAnswer(tx, accountId, key)
}

/** Puts down what a key was answered with, in the transaction that took it. */
export async function answerKey(
  tx: App,
  accountId: number,
  key: string,
  answer: Partial<FirstAnswer>,
): Promise<void> {
  await tx.db
    .updateTable('idempotency')
    .set({ status_id: answer.statusId ?? 0, scheduled_id: answer.scheduledId ?? null })
    .where('account_id', '=', accountId)
    .where('key', '=', key)
    .execute()
}
