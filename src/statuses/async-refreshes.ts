import { z } from 'zod'
import type { App } from '#app.ts'
import { threadWanted } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'
import { HOUR, MINUTE } from '#platform/times.ts'
import type { StatusRow } from './statuses.ts'

/** Work that goes on behind an answer, which a client may ask about for an hour. */
export type AsyncRefreshRow = {
  id: number
  /** What is being made complete; one at a time. */
  subject: string
  finished_at: number | null
  result_count: number
  created_at: number
}
export type AsyncRefreshTables = { async_refresh: AsyncRefreshRow }

/** How long a refresh may be asked about. */
export const REFRESH_KEPT = HOUR
/** A thread that was completed is left alone for this long. */
const COOLDOWN = 15 * MINUTE
/** How long a post is left alone at first. */
const YOUNG = 5 * MINUTE
/** What has not ended by then is taken for lost. */
const MOST_RUNNING = 5 * MINUTE
/** When a client should ask again, in seconds. */
const RETRY = 5

/** https://docs.joinmastodon.org/methods/async_refreshes/ */
export const AsyncRefresh = z.object({
  async_refresh: z.object({
    id: z.string(),
    status: z.enum(['running', 'finished']),
    result_count: z.number().int(),
  }),
})

const isRunning = (app: App, row: AsyncRefreshRow) =>
  row.finished_at === null && row.created_at > app.now() - MOST_RUNNING

/** A refresh as clients see it; null for what is none, or too old to be asked about. */
export async function presentRefresh(app: App, id: number): Promise<z.input<typeof AsyncRefresh> | null> {
  const row = await app.db.selectFrom('async_refresh').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row || row.created_at < app.now() - REFRESH_KEPT) return null
  const status = isRunning(app, row) ? 'running' : 'finished'
  return { async_refresh: { id: String(row.id), status, result_count: row.result_count } }
}

/**
 * Has the thread of a status from elsewhere completed in the background, unless that was done lately; gives what the
 * answer says of it in its header, or nothing.
 */
export async function completeThread(app: App, status: StatusRow): Promise<Record<string, string>> {
  if (status.domain_id !== null || status.reblog_of_id !== null) return {}
  if (status.visibility !== 'public' && status.visibility !== 'unlisted') return {}
  // What answers a new post is on its way by itself.
  if (status.created_at > app.now() - YOUNG) return {}
  return refreshing(app, `context ${status.id}`, (tx, refreshId) =>
    tx.emit(threadWanted, { refreshId, statusId: status.id, uri: status.uri }),
  )
}

/** What owes the work of a refresh, in the transaction that begins it. */
type Begin = (tx: App, refreshId: number) => Promise<void>

/** What an answer says in its header of the refresh of a subject that is under way, which is begun where none was lately. */
export async function refreshing(app: App, subject: string, start: Begin): Promise<Record<string, string>> {
  const row = (await lastOf(app, subject)) ?? (await begin(app, subject, start))
  if (!isRunning(app, row)) return {}
  return {
    'Mastodon-Async-Refresh': `id="${row.id}", retry=${RETRY}, result_count=${row.result_count}`,
  }
}

const newest = prepared<{ subject: string; after: number }, AsyncRefreshRow>((db, { subject, after }) =>
  db
    .selectFrom('async_refresh')
    .selectAll()
    .where('subject', '=', subject)
    .where('created_at', '>', after)
    .orderBy('id', 'desc')
    .limit(1),
)

async function lastOf(app: App, subject: string): Promise<AsyncRefreshRow | undefined> {
  return (await newest(app, { subject, after: app.now() - COOLDOWN }))[0]
}

async function begin(app: App, subject: string, start: Begin): Promise<AsyncRefreshRow> {
  return app.inTransaction(async (tx) => {
    // Two who look at once begin one refresh.
    const known = await lastOf(tx, subject)
    if (known) return known
    const row = { id: tx.newId(), subject, finished_at: null, result_count: 0, created_at: tx.now() }
    await tx.db.insertInto('async_refresh').values(row).execute()
    await start(tx, row.id)
    return row
  })
}

/** Notes how many were found so far, and whether that is all. */
export async function noteProgress(app: App, id: number, found: number, finished: boolean): Promise<void> {
  const changes = { result_count: found, ...(finished ? { finished_at: app.now() } : {}) }
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('async_refresh').set(changes).where('id', '=', id).execute()
  })
}
