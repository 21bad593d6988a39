import { sql } from 'kysely'
import type { App } from '#app.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import type { JobRow } from './tables.ts'

/** The queue whose jobs are told of: others may share a stored document without sending it. */
const TOLD = 'deliver'
const LONGEST_REASON = 300
const MOST_SHOWN = 200

/** What a document on its way is about, and how many inboxes have it. */
export type OutgoingReportRow = { ref: number; subject: number; reached: number; created_at: number }
/** A host that did not take a document, for good. */
export type OutgoingFailureRow = { ref: number; lane: string; reason: string; at: number }
export type ReportTables = { outgoing_report: OutgoingReportRow; outgoing_failure: OutgoingFailureRow }

/** Begins to count what becomes of a stored document, in the caller's transaction. */
export async function openReport(tx: App, ref: number, subject: number): Promise<void> {
  await tx.db
    .insertInto('outgoing_report')
    .values({ ref, subject, reached: 0, created_at: tx.now() })
    .onConflict((clash) => clash.doNothing())
    .execute()
}

const addReached = prepared<{ list: string }, never>(
  (_db, { list }, dialect) => sql<never>`update outgoing_report set reached = reached + item.n
    from ${dialect.recordsOf(list, { ref: 'int', n: 'int' })} where outgoing_report.ref = item.ref`,
)
const addFailures = prepared<{ list: string; at: number }, never>(
  (_db, { list, at }, dialect) => sql<never>`insert into outgoing_failure (ref, lane, reason, at)
    select item.ref, item.lane, item.reason, ${at}
    from ${dialect.recordsOf(list, { ref: 'int', lane: 'text', reason: 'text' })}
    join outgoing_report on outgoing_report.ref = item.ref where true
    on conflict (ref, lane) do nothing`,
)

type Told = Pick<JobRow, 'queue' | 'lane' | 'ref'>

/** Counts deliveries that arrived, in the caller's transaction: one statement however many there are. */
export async function reportReached(tx: App, jobs: readonly Told[]): Promise<void> {
  const counts = new Map<number, number>()
  for (const { queue, ref } of jobs)
    if (ref !== null && queue === TOLD) counts.set(ref, (counts.get(ref) ?? 0) + 1)
  if (counts.size === 0) return
  const rows = [...counts].map(([ref, n]) => ({ ref, n }))
  await addReached(tx, { list: packed({ ref: 'int', n: 'int' }, rows) })
}

/** Writes down who will not get it, and why, in the caller's transaction; the first reason of a host stays. */
export async function reportFailed(
  tx: App,
  jobs: readonly Told[],
  reasonOf: string | ((at: number) => string),
): Promise<void> {
  const rows = jobs.flatMap(({ queue, lane, ref }, at) => {
    const reason = typeof reasonOf === 'string' ? reasonOf : reasonOf(at)
    return ref === null || queue !== TOLD ? [] : [{ ref, lane, reason: reason.slice(0, LONGEST_REASON) }]
  })
  if (rows.length === 0) return
  // One statement may not name a row twice.
  const once = [...new Map(rows.map((row) => [`${row.ref} ${row.lane}`, row])).values()]
  const list = packed({ ref: 'int', lane: 'text', reason: 'text' }, once)
  await addFailures(tx, { list, at: tx.now() })
}

/** Where the deliveries of something are: how many inboxes have it, who waits, who will not get it. */
export type DeliveryReport = {
  since: number
  reached: number
  waiting: { host: string; jobs: number; nextAt: number; lastError: string | null }[]
  failed: { host: string; reason: string; at: number }[]
}

type Waits = { lane: string; jobs: number; next_at: number; last_error: string | null }

/** What became of everything that was sent about a subject; null when nothing was, or it was forgotten. */
export async function deliveryReport(app: App, subject: number): Promise<DeliveryReport | null> {
  const reports = await app.db
    .selectFrom('outgoing_report')
    .selectAll()
    .where('subject', '=', subject)
    .execute()
  const [first] = reports
  if (!first) return null
  const refs = reports.map(({ ref }) => ref)
  const { rows: waiting } = await sql<Waits>`select job.lane, count(*) as jobs,
      min(case when lane.open_until > job.run_at then lane.open_until else job.run_at end) as next_at,
      max(job.last_error) as last_error
    from job left join lane on lane.queue = job.queue and lane.lane = job.lane
    where ${app.dialect.among(sql`job.ref`, refs)} and job.ref is not null and job.queue = ${TOLD}
    group by job.lane order by next_at limit ${MOST_SHOWN}`.execute(app.db)
  const failed = await app.db
    .selectFrom('outgoing_failure')
    .select(['lane', 'reason', 'at'])
    .where(app.dialect.among(sql`ref`, refs))
    .orderBy('at')
    .limit(MOST_SHOWN)
    .execute()
  return {
    since: first.created_at,
    reached: reports.reduce((sum, { reached }) => sum + reached, 0),
    waiting: waiting.map(({ lane, jobs, next_at, last_error }) => ({
      host: lane,
      jobs: Number(jobs),
      nextAt: Number(next_at),
      lastError: last_error,
    })),
    failed: failed.map(({ lane, reason, at }) => ({ host: lane, reason, at })),
  }
}
