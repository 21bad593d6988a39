import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { now } from '#platform/jobs/declare.ts'
import { visibleStatus } from '#statuses/visibility.ts'
import type { FilterRow, FilterStatusRow } from './filters.ts'
import { tellFiltersChanged } from './reader-filters.ts'

/** How many statuses one filter may name. */
const MOST_STATUSES = 1000

/** Lets a filter match one status, which its owner must be able to see. */
export async function addFilterStatus(
  app: App,
  owner: AccountRow,
  filter: FilterRow,
  statusId: string,
): Promise<FilterStatusRow> {
  const status = await visibleStatus(app, owner, readId(statusId))
  return app.inTransaction(async (tx) => {
    const known = await tx.db
      .selectFrom('filter_status')
      .selectAll()
      .where('filter_id', '=', filter.id)
      .orderBy('id')
      .limit(MOST_STATUSES)
      .execute()
    if (known.some((row) => row.status_id === status.id))
      throw invalid('Validation failed: Status has already been taken')
    if (known.length >= MOST_STATUSES)
      throw invalid(`Validation failed: A filter names at most ${MOST_STATUSES} posts`)
    const row = { id: tx.newId(), filter_id: filter.id, status_id: status.id, created_at: tx.now() }
    await tx.db.insertInto('filter_status').values(row).execute()
    await tellFiltersChanged(tx, owner.id)
    return row
  })
}

/** Lets a filter match a status no more. */
export async function dropFilterStatus(app: App, filter: FilterRow, entry: FilterStatusRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('filter_status').where('id', '=', entry.id).execute()
    await tellFiltersChanged(tx, filter.account_id)
  })
}

/** Takes a deleted status out of every filter. */
export const unfilterStatus = now<{ statusId: number }>({
  name: 'unfilter a deleted status',
  async run(tx, { statusId }) {
    await tx.db.deleteFrom('filter_status').where('status_id', '=', statusId).execute()
  },
})
