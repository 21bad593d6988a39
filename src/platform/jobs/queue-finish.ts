import { sql } from 'kysely'
import type { App } from '#app.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import { DAY } from '../times.ts'
import { buryJobs } from './dead-jobs.ts'
import type { QueueName } from './declare.ts'
import { reportFailed, reportReached } from './delivery-report.ts'
import { holdLanes, nameOfLane, saveLanes } from './lane-rows.ts'
import type { Chance } from './lanes.ts'
import {
  afterLane,
  afterRefusal,
  afterSuccess,
  afterTrouble,
  isRefusedAlone,
  laneState,
  readyAt,
} from './lanes.ts'
import { countOutgoing } from './outgoing.ts'
import { dropBacklog } from './queue-drop.ts'
import { hasCircuit } from './queue-rules.ts'
import type { JobRow, LaneRow } from './tables.ts'

/** How one run of a job ended. */
export type Outcome =
  | { end: 'done'; ms: number }
  /** Over without having been done; only said in the log. */
  | { end: 'drop'; reason: string; answered?: boolean }
  /** Failed by itself: again at `at`. */
  | { end: 'again'; at: number; reason: string }
  /** Its lane failed. */
  | { end: 'lane'; reason: string; retryAfter?: number | undefined; ours?: boolean }
  | { end: 'dead'; reason: string }
  /** Not run to its end, through no fault of its own (the server stops). */
  | { end: 'return' }

export type Finished = { job: JobRow; outcome: Outcome }

const readHeld = prepared<{ ids: number[] }, { id: number; attempts: number }>(
  (_db, { ids }, dialect) =>
    sql`select id, attempts from job where ${dialect.among(sql.ref('id'), ids)} and state = 2`,
)
const deleteJobs = prepared<{ ids: number[] }, never>(
  (_db, { ids }, dialect) => sql<never>`delete from job where ${dialect.among(sql.ref('id'), ids)}`,
)
const backColumns = {
  id: 'int',
  state: 'int',
  run_at: 'int',
  failures: 'int',
  lane_failures: 'int',
  last_error: 'text',
} as const
const putBack = prepared<{ list: string }, never>(
  (_db, { list }, dialect) => sql<never>`update job set state = item.state, run_at = item.run_at,
      failures = item.failures, lane_failures = item.lane_failures, crashes = 0, last_error = item.last_error
    from ${dialect.recordsOf(list, backColumns)} where job.id = item.id`,
)
const keysWaiting = prepared<{ keys: string[] }, { ukey: string }>(
  (_db, { keys }, dialect) => sql<{ ukey: string }>`select ukey from job
    where ${dialect.amongText(sql.ref('ukey'), keys)} and ukey is not null and state <> 2`,
)

type Back = {
  id: number
  state: number
  run_at: number
  failures: number
  lane_failures: number
  last_error: string | null
  ukey: string | null
  job: JobRow
}

/** What the outcomes come to, before it is written. */
type Reckoning = { over: JobRow[]; back: Back[]; dead: { job: JobRow; reason: string }[]; gone: LaneRow[] }

/**
 * Writes how jobs ended and what their lanes learnt from it, in one transaction. Whoever lost a job meanwhile
 * (it counted as lost and somebody else has it) changes nothing. Answers how many were still held.
 */
export async function finish(
  tx: App,
  finished: readonly Finished[],
  chance: Chance = Math.random,
): Promise<number> {
  if (finished.length === 0) return 0
  const lanes = await holdLanes(
    tx,
    finished.map(({ job }) => job),
  )
  const held = await stillHeld(tx, finished)
  const online = held.some(({ outcome }) => outcome.end === 'lane') ? await wasOnlineLately(tx) : true
  const reckoning = reckon(held, lanes, { now: tx.now(), chance, online })
  await report(tx, held, reckoning)
  await dropSuperseded(tx, reckoning, lanes)
  if (reckoning.over.length > 0) {
    await deleteJobs(tx, { ids: reckoning.over.map((job) => job.id) })
    await countOutgoing(
      tx,
      reckoning.over.map((job) => job.ref),
      -1,
    )
  }
  await buryJobs(tx, reckoning.dead)
  if (reckoning.back.length > 0) await putBack(tx, { list: packed(backColumns, reckoning.back) })
  const now = tx.now()
  await saveLanes(
    tx,
    [...lanes.values()].map((lane) => ({ ...lane, ready_at: readyAt(lane, now) })),
  )
  for (const lane of reckoning.gone) {
    await dropBacklog(tx, lane, 'no answer for seven days')
    await saveLanes(tx, [{ ...lane, waiting: 0, top: 0, ready_at: null }])
  }
  return held.length
}

/** Tells those who watch a document what became of it: what is tried again is neither here nor there. */
async function report(tx: App, held: readonly Finished[], { back }: Reckoning): Promise<void> {
  const goesOn = new Set(back.map(({ id }) => id))
  const done = held.filter(({ outcome }) => outcome.end === 'done')
  await reportReached(
    tx,
    done.map(({ job }) => job),
  )
  const failed = held.filter(({ job, outcome }) => outcome.end !== 'done' && !goesOn.has(job.id))
  await reportFailed(
    tx,
    failed.map(({ job }) => job),
    (at) => {
      const outcome = failed[at]?.outcome
      return outcome && 'reason' in outcome ? outcome.reason : ''
    },
  )
}

async function stillHeld(tx: App, finished: readonly Finished[]): Promise<Finished[]> {
  const rows = await readHeld(tx, { ids: finished.map(({ job }) => job.id) })
  const attempts = new Map(rows.map((row) => [row.id, row.attempts]))
  return finished.filter(({ job }) => attempts.get(job.id) === job.attempts)
}

/** Whether any host answered us within a day; when none did, it is our line that is down. */
async function wasOnlineLately(tx: App): Promise<boolean> {
  const found = await tx.db
    .selectFrom('lane')
    .select('last_ok')
    .where('last_ok', '>=', tx.now() - DAY)
    .where('lane', '<>', '')
    .limit(1)
    .execute()
  return found.length > 0
}

type Moment = { now: number; chance: Chance; online: boolean }

/** Folds the outcomes into the lanes (changed in place in the map) and says what becomes of each job. */
export function reckon(held: readonly Finished[], lanes: Map<string, LaneRow>, moment: Moment): Reckoning {
  const reckoning: Reckoning = { over: [], back: [], dead: [], gone: [] }
  for (const { job, outcome } of held) {
    const name = nameOfLane(job)
    const lane = lanes.get(name)
    if (!lane) continue
    const after = laneAfter(lane, outcome, moment)
    const counted = { ...after, inflight: Math.max(0, after.inflight - 1) }
    if (counted.state === laneState.gone && lane.state !== laneState.gone) reckoning.gone.push(counted)
    const back = place(job, outcome, counted, moment, reckoning)
    if (back?.state === 0) {
      counted.top = counted.waiting > 0 ? Math.min(counted.top, job.prio) : job.prio
      counted.waiting++
    }
    lanes.set(name, counted)
  }
  reckoning.gone = reckoning.gone.map((lane) => lanes.get(nameOfLane(lane)) ?? lane)
  return reckoning
}

function laneAfter(lane: LaneRow, outcome: Outcome, { now, chance, online }: Moment): LaneRow {
  if (!hasCircuit(lane.queue as QueueName, lane.lane)) return lane
  if (outcome.end === 'done') return afterSuccess(lane, outcome.ms, now)
  if (outcome.end === 'lane') {
    const trouble = { retryAfter: outcome.retryAfter, ours: outcome.ours ?? false, online }
    return afterTrouble(lane, trouble, now, chance)
  }
  if (outcome.end === 'drop' && outcome.answered) return afterRefusal(lane, now)
  return lane
}

function place(
  given: JobRow,
  outcome: Outcome,
  lane: LaneRow,
  { now, chance }: Moment,
  into: Reckoning,
): Back | null {
  const job = outcome.end === 'lane' ? { ...given, lane_failures: given.lane_failures + 1 } : given
  if (outcome.end === 'done' || outcome.end === 'drop') {
    into.over.push(job)
    return null
  }
  if (outcome.end === 'dead' || (outcome.end === 'lane' && isRefusedAlone(job, lane))) {
    into.over.push(job)
    into.dead.push({ job, reason: outcome.reason })
    return null
  }
  if (lane.state === laneState.gone) {
    into.over.push(job)
    return null
  }
  const back: Back = {
    id: job.id,
    state: 0,
    run_at: now,
    failures: job.failures,
    lane_failures: job.lane_failures,
    last_error: job.last_error,
    ukey: job.ukey,
    job,
  }
  if (outcome.end !== 'return') {
    back.run_at = outcome.end === 'again' ? outcome.at : afterLane(job, lane, now, chance)
    back.state = back.run_at > now ? 1 : 0
    back.last_error = outcome.reason.slice(0, 500)
    if (outcome.end === 'again') back.failures++
  }
  into.back.push(back)
  return back
}

/** A job that would go back while a newer one of its key waits is over: the newer one says it all. */
async function dropSuperseded(tx: App, reckoning: Reckoning, lanes: Map<string, LaneRow>): Promise<void> {
  const keys = reckoning.back.flatMap(({ ukey }) => (ukey === null ? [] : [ukey]))
  if (keys.length === 0) return
  const waiting = new Set((await keysWaiting(tx, { keys })).map((row) => row.ukey))
  const newestFirst = [...reckoning.back].sort((a, b) => b.id - a.id)
  reckoning.back = newestFirst.filter((back) => {
    if (back.ukey === null) return true
    if (!waiting.has(back.ukey)) return waiting.add(back.ukey)
    reckoning.over.push(back.job)
    const lane = lanes.get(nameOfLane(back.job))
    if (lane && back.state === 0) lane.waiting--
    return false
  })
}
