import { sql } from 'kysely'
import type { App } from '#app.ts'
import { recountRequestsFrom } from './requests.ts'

/** What of a member's notifications is to go: some, a group, or everything. */
export type Unwanted = { ids: readonly number[] } | { groupKey: string } | 'all'

/** Clears some of the account's notifications, or all; requests that have nothing left in them go too. */
export async function dismiss(app: App, accountId: number, what: Unwanted): Promise<void> {
  await app.inTransaction(async (tx) => {
    const query = tx.db.deleteFrom('notification').where('account_id', '=', accountId)
    if (what === 'all') {
      await query.execute()
      await tx.db.deleteFrom('notification_request').where('account_id', '=', accountId).execute()
    } else if ('groupKey' in what) await query.where('group_key', '=', what.groupKey).execute()
    else {
      const gone = query.where(tx.dialect.among(sql`id`, what.ids)).returning(['from_account_id', 'filtered'])
      const held = (await gone.execute()).filter((row) => row.filtered === 1)
      await recountRequestsFrom(tx, accountId, [...new Set(held.map((row) => row.from_account_id))])
    }
  })
}
