import { sql } from 'kysely'
import { z } from 'zod'
import type { App } from '#app.ts'
import { notificationsMerged } from '#happenings.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import { prepared } from '#platform/database/prepared.ts'
import { job } from '#platform/jobs/declare.ts'
import type { Page } from '#platform/paging.ts'
import type { NotificationRequestRow, NotificationRow } from './notifications.ts'

/** A count beyond this tells nobody anything. */
export const MOST_COUNTED = 100
/** Rows changed in one transaction. */
const BATCH = 500
const Id = z.number().int()
const Pair = z.object({ accountId: Id, fromAccountId: Id })
type Pair = z.infer<typeof Pair>

const isMessage = (row: Pick<NotificationRow, 'type'>) => row.type === 'mention' || row.type === 'quote'

const waitingOf = prepared<{ account: number; from: number }, { n: number }>(
  (_db, { account, from }) => sql<{ n: number }>`select count(*) as n from (
    select id from notification where account_id = ${account} and from_account_id = ${from}
      and type in ('mention', 'quote') and filtered = 1 limit ${sql.lit(MOST_COUNTED)}) as waiting`,
)

/** Counts a message that was held back in its sender's request; other kinds make none. In the caller's transaction. */
export async function addToRequest(tx: App, row: NotificationRow): Promise<void> {
  if (!isMessage(row)) return
  const pair = { account: row.account_id, from: row.from_account_id }
  const changed = {
    last_status_id: row.status_id,
    notifications_count: Number((await waitingOf(tx, pair))[0]?.n ?? 0),
    updated_at: tx.now(),
  }
  await tx.db
    .insertInto('notification_request')
    .values({
      id: tx.newId(),
      account_id: pair.account,
      from_account_id: pair.from,
      created_at: tx.now(),
      ...changed,
    })
    .onConflict((clash) => clash.columns(['account_id', 'from_account_id']).doUpdateSet(changed))
    .execute()
}

/** Counts again what waits in a request; one with nothing left goes. In the caller's transaction. */
export async function recountRequest(tx: App, row: NotificationRequestRow): Promise<void> {
  const pair = { account: row.account_id, from: row.from_account_id }
  const count = Number((await waitingOf(tx, pair))[0]?.n ?? 0)
  if (count === 0) {
    await tx.db.deleteFrom('notification_request').where('id', '=', row.id).execute()
    return
  }
  const last = await tx.db
    .selectFrom('notification')
    .select('status_id')
    .where('account_id', '=', pair.account)
    .where('from_account_id', '=', pair.from)
    .where('type', 'in', ['mention', 'quote'])
    .where('filtered', '=', 1)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  await tx.db
    .updateTable('notification_request')
    .set({ notifications_count: count, last_status_id: last?.status_id ?? null })
    .where('id', '=', row.id)
    .execute()
}

/** Counts again what the account's requests from these senders hold, in the caller's transaction. */
export async function recountRequestsFrom(tx: App, accountId: number, senders: readonly number[]) {
  if (senders.length === 0) return
  const rows = await tx.db
    .selectFrom('notification_request')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(tx.dialect.among(sql`from_account_id`, senders))
    .execute()
  for (const row of rows) await recountRequest(tx, row)
}

/** A page of those who wait, newest first; the suspended are left out. */
export async function requestsOf(app: App, accountId: number, page: Page): Promise<NotificationRequestRow[]> {
  const query = app.db
    .selectFrom('notification_request')
    .innerJoin('account', 'account.id', 'notification_request.from_account_id')
    .selectAll('notification_request')
    .where('notification_request.account_id', '=', accountId)
    .where('account.suspended_at', 'is', null)
  return pageRows<NotificationRequestRow>(query, 'notification_request.id', page)
}

/** Those of these requests that are the member's own. */
export async function requestsByIds(
  app: App,
  accountId: number,
  ids: readonly number[],
): Promise<NotificationRequestRow[]> {
  if (ids.length === 0) return []
  return app.db
    .selectFrom('notification_request')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(app.dialect.among(sql`id`, ids))
    .execute()
}

/** How many wait and with how many messages, each at most 100. */
export async function summaryOf(app: App, accountId: number) {
  const rows = await app.db
    .selectFrom('notification_request')
    .innerJoin('account', 'account.id', 'notification_request.from_account_id')
    .select('notifications_count')
    .where('notification_request.account_id', '=', accountId)
    .where('account.suspended_at', 'is', null)
    .limit(MOST_COUNTED)
    .execute()
  const messages = rows.reduce((sum, row) => sum + row.notifications_count, 0)
  return { requests: rows.length, messages: Math.min(messages, MOST_COUNTED) }
}

/** Lets their senders in for good; what waited comes back in a job. */
export async function acceptRequests(app: App, requests: readonly NotificationRequestRow[]): Promise<void> {
  await app.inTransaction(async (tx) => {
    for (const { id, account_id, from_account_id } of requests) {
      const pair = { account_id, from_account_id, created_at: tx.now() }
      for (const table of ['notification_permission', 'notification_merge'] as const) {
        await tx.db
          .insertInto(table)
          .values(pair)
          .onConflict((clash) => clash.doNothing())
          .execute()
      }
      await tx.db.deleteFrom('notification_request').where('id', '=', id).execute()
      await tx.later(unfilter, { accountId: account_id, fromAccountId: from_account_id })
    }
  })
}

/** Removes the requests and what waited in them; their senders are still held back. */
export async function dismissRequests(app: App, requests: readonly NotificationRequestRow[]): Promise<void> {
  await app.inTransaction(async (tx) => {
    for (const { id, account_id, from_account_id } of requests) {
      await tx.db.deleteFrom('notification_request').where('id', '=', id).execute()
      const until = tx.newId()
      await tx.later(forgetFiltered, { accountId: account_id, fromAccountId: from_account_id, until })
    }
  })
}

/** Whether everything that was let in is back in its place. */
export async function isMerged(app: App, accountId: number): Promise<boolean> {
  const waiting = await app.db
    .selectFrom('notification_merge')
    .select('account_id')
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return waiting === undefined
}

export const unfilter = job({
  name: 'let held back notifications in',
  queue: 'local',
  tries: 8,
  payload: Pair,
  async run(app, pair) {
    for (;;) {
      const done = await app.inTransaction(async (tx) => {
        const ids = await filteredOf(tx, pair, Number.MAX_SAFE_INTEGER)
        await tx.db
          .updateTable('notification')
          .set({ filtered: 0 })
          .where(tx.dialect.among(sql`id`, ids))
          .execute()
        if (ids.length < BATCH) await endMerge(tx, pair)
        return ids.length < BATCH
      })
      if (done) return
    }
  },
})

async function endMerge(tx: App, { accountId, fromAccountId }: Pair): Promise<void> {
  await tx.db
    .deleteFrom('notification_merge')
    .where('account_id', '=', accountId)
    .where('from_account_id', '=', fromAccountId)
    .execute()
  if (await isMerged(tx, accountId)) await tx.emit(notificationsMerged, { accountId })
}

export const forgetFiltered = job({
  name: 'forget held back notifications',
  queue: 'local',
  tries: 8,
  payload: Pair.extend({ until: Id }),
  async run(app, { until, ...pair }) {
    for (;;) {
      const gone = await app.inTransaction(async (tx) => {
        const ids = await filteredOf(tx, pair, until)
        await tx.db.deleteFrom('notification').where(tx.dialect.among(sql`id`, ids)).execute()
        return ids.length
      })
      if (gone < BATCH) return
    }
  },
})

async function filteredOf(tx: App, { accountId, fromAccountId }: Pair, until: number): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('notification')
    .select('id')
    .where('account_id', '=', accountId)
    .where('from_account_id', '=', fromAccountId)
    .where('filtered', '=', 1)
    .where('id', '<', until)
    .limit(BATCH)
    .execute()
  return rows.map((row) => row.id)
}

/** Jobs that no happening starts by itself. */
export const requestJobs = [unfilter, forgetFiltered]
