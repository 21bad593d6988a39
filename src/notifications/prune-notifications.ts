import { sql } from 'kysely'
import type { App } from '#app.ts'
import { idAt } from '#platform/ids.ts'
import { DAY } from '#platform/times.ts'

/** How many notifications of one member are kept, however young. */
export const MOST_KEPT = 10_000
/** Rows removed in one transaction, so that nobody waits for a clean-up. */
const BATCH = 500

/** Forgets notifications that are too old, and of each member those beyond the newest ten thousand. */
export async function pruneNotifications(app: App, most = MOST_KEPT): Promise<void> {
  const oldest = app.now() - app.config.notificationDays * DAY
  await removeOlder(app, idAt(oldest), null)
  for (const account of await thoseWithMore(app, most)) {
    const last = await app.db
      .selectFrom('notification')
      .select('id')
      .where('account_id', '=', account)
      .orderBy('id', 'desc')
      .offset(most)
      .limit(1)
      .executeTakeFirst()
    if (last) await removeOlder(app, last.id + 1, account)
  }
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('notification_request').where('updated_at', '<', oldest).execute()
    // A merge that failed for a day would have apps wait for ever.
    await tx.db
      .deleteFrom('notification_merge')
      .where('created_at', '<', tx.now() - DAY)
      .execute()
  })
}

async function thoseWithMore(app: App, most: number): Promise<number[]> {
  const rows = await app.db
    .selectFrom('notification')
    .select('account_id')
    .groupBy('account_id')
    .having(sql<boolean>`count(*) > ${most}`)
    .execute()
  return rows.map((row) => row.account_id)
}

async function removeOlder(app: App, before: number, account: number | null): Promise<void> {
  for (;;) {
    const removed = await app.inTransaction(async (tx) => {
      let old = tx.db.selectFrom('notification').select('id').where('id', '<', before)
      if (account !== null) old = old.where('account_id', '=', account)
      const rows = await old.orderBy('id').limit(BATCH).execute()
      const ids = rows.map((row) => row.id)
      await tx.db.deleteFrom('notification').where(tx.dialect.among(sql`id`, ids)).execute()
      return ids.length
    })
    if (removed < BATCH) return
  }
}
