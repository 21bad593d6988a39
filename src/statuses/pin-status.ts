import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { statusPinned, statusUnpinned } from '#happenings.ts'
import { invalid } from '#platform/errors.ts'
import { ownMarksChanged } from './own-marks.ts'
import type { StatusRow } from './statuses.ts'

/** How many statuses one account of ours may pin (surface j). */
/** How many of an account of another server are kept. */
const MOST_REMOTE_PINS = 20

/** Puts a status of the account's own at the top of its profile; throws `invalid` for what may not stand there. */
export async function pinStatus(
  app: App,
  account: AccountRow,
  status: StatusRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  if (status.account_id !== account.id)
    throw invalid("Validation failed: Someone else's post cannot be pinned")
  if (status.reblog_of_id !== null) throw invalid('Validation failed: A boost cannot be pinned')
  if (status.visibility === 'direct' || status.visibility === 'limited') {
    throw invalid('Validation failed: Posts that are only visible to mentioned users cannot be pinned')
  }
  await app.inTransaction(async (tx) => {
    // Two at once must count one after another.
    await sql`select id from account where id = ${account.id} ${tx.dialect.holdRows}`.execute(tx.db)
    const before = await pinnedIds(tx, account.id)
    if (before.includes(status.id)) return
    if (before.length >= (origin === 'here' ? tx.config.maxPinnedToots : MOST_REMOTE_PINS)) {
      throw invalid('Validation failed: You have already pinned the maximum number of posts')
    }
    const row = { id: tx.newId(), account_id: account.id, status_id: status.id, created_at: tx.now() }
    await tx.db.insertInto('status_pin').values(row).execute()
    ownMarksChanged(tx, account.id)
    await tx.emit(statusPinned, { statusId: status.id, accountId: account.id, origin })
  })
}

/** Takes a status off the top of the profile; does nothing when it is not there. */
export async function unpinStatus(
  app: App,
  account: Pick<AccountRow, 'id'>,
  status: Pick<StatusRow, 'id'>,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const gone = await tx.db
      .deleteFrom('status_pin')
      .where('account_id', '=', account.id)
      .where('status_id', '=', status.id)
      .executeTakeFirst()
    if (gone.numDeletedRows === 0n) return
    ownMarksChanged(tx, account.id)
    await tx.emit(statusUnpinned, { statusId: status.id, accountId: account.id, origin })
  })
}

/** Ids of what an account pinned, the newest pin first; says nothing about who may see it. */
export async function pinnedIds(app: App, accountId: number): Promise<number[]> {
  const rows = await app.db
    .selectFrom('status_pin')
    .select('status_id')
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .limit(MOST_REMOTE_PINS)
    .execute()
  return rows.map((row) => row.status_id)
}

/** Makes these, first to last, all that an account of another server has pinned. */
export async function replacePins(app: App, account: AccountRow, statuses: StatusRow[]): Promise<void> {
  const fit = statuses.filter(
    (status) =>
      status.account_id === account.id && status.reblog_of_id === null && status.visibility !== 'direct',
  )
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('status_pin').where('account_id', '=', account.id).execute()
    for (const status of fit.slice(0, MOST_REMOTE_PINS).reverse()) {
      const row = { id: tx.newId(), account_id: account.id, status_id: status.id, created_at: tx.now() }
      await tx.db.insertInto('status_pin').values(row).execute()
    }
  })
}
