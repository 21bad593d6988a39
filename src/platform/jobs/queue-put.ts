import { sql } from 'kysely'
import type { App, JobOptions } from '#app.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import type { Job, QueueName } from './declare.ts'
import { reportFailed } from './delivery-report.ts'
import { holdLanes, nameOfLane, recountLanes } from './lane-rows.ts'
import { laneState } from './lanes.ts'
import { countOutgoing } from './outgoing.ts'
import { dropLeastImportant } from './queue-drop.ts'
import { firstCap, hasCircuit, LANE_BACKLOG, queueRules } from './queue-rules.ts'
import type { JobRow, LaneRow } from './tables.ts'

/** A job about to be stored. */
export type Owed = Omit<JobRow, 'id' | 'attempts' | 'crashes' | 'lane_failures' | 'created_at' | 'last_error'>

const jobColumns = {
  id: 'int',
  queue: 'text',
  lane: 'text',
  state: 'int',
  prio: 'int',
  run_at: 'int',
  failures: 'int',
  kind: 'text',
  ref: 'int',
  payload: 'text',
  okey: 'int',
  ukey: 'text',
  created_at: 'int',
  expires_at: 'int',
} as const
const laneColumns = { queue: 'text', lane: 'text', ready: 'int', cap: 'int', top: 'int' } as const

/** What would be stored for a job; throws when the payload does not fit its declaration. */
export function owed<Payload>(
  now: number,
  job: Job<Payload>,
  payload: Payload,
  options: JobOptions = {},
): Owed {
  job.payload.parse(payload)
  const keeps = queueRules[job.queue].keeps
  const at = options.at ?? now
  return {
    queue: job.queue,
    lane: options.lane ?? job.lane?.(payload) ?? '',
    state: at > now ? 1 : 0,
    prio: options.prio ?? 50,
    run_at: at,
    failures: 0,
    kind: job.name,
    ref: options.ref ?? null,
    payload: JSON.stringify(payload),
    okey: options.objectKey ?? null,
    ukey: options.unique ?? null,
    expires_at: options.expiresAt ?? (keeps === null ? null : Math.max(at, now) + keeps),
  }
}

/** Stores a piece of work in the caller's transaction, and wakes the worker after its commit. */
export function put<Payload>(
  tx: App,
  job: Job<Payload>,
  payload: Payload,
  options?: JobOptions,
): Promise<void> {
  return putMany(tx, [owed(tx.now(), job, payload, options)])
}

/** Stores many at once (fan-out): the same as one by one, in a handful of statements. */
export async function putMany(tx: App, items: readonly Owed[]): Promise<void> {
  const owing = lastOfEachKey(items)
  if (owing.length === 0) return
  const lanes = await enterLanes(tx, owing)
  const accepted = owing.filter((item) => lanes.get(nameOfLane(item))?.state !== laneState.gone)
  if (accepted.length < owing.length) {
    const turnedAway = owing.filter((item) => !accepted.includes(item))
    await reportFailed(tx, turnedAway, 'no answer for seven days')
  }
  const replaced = await waitingOfKeys(tx, accepted)
  const now = tx.now()
  const rows = accepted.map((item) => ({ ...item, id: tx.newId(), created_at: now }))
  if (rows.length > 0) await insertJobs(tx, { list: packed(jobColumns, rows) })
  await countOutgoing(
    tx,
    accepted.map((item) => item.ref),
    1,
  )
  if (replaced.length > 0) {
    await countOutgoing(
      tx,
      replaced.map((row) => row.ref),
      -1,
    )
    await recountLanes(tx, [...replaced, ...accepted])
  }
  for (const lane of lanes.values()) {
    if (lane.waiting > LANE_BACKLOG && hasCircuit(lane.queue as QueueName, lane.lane)) {
      await dropLeastImportant(tx, lane, LANE_BACKLOG)
    }
  }
  wakeAfterCommit(tx, accepted)
}

/** Two rows of one key in one statement would be refused by one of the databases. */
function lastOfEachKey(items: readonly Owed[]): Owed[] {
  if (items.every((item) => item.ukey === null)) return [...items]
  const last = new Map(items.map((item, place) => [item.ukey ?? `#${place}`, item]))
  return [...last.values()]
}

type EnteredLane = Pick<LaneRow, 'queue' | 'lane' | 'state' | 'waiting'>

const upsertLanes = prepared<{ list: string; now: number }, EnteredLane>(
  (_db, { list, now }, dialect) => sql<EnteredLane>`
    insert into lane (queue, lane, cap, waiting, top, ready_at)
    select item.queue, item.lane, item.cap, item.ready, item.top, case when item.ready > 0 then 0 end
    from ${dialect.recordsOf(list, laneColumns)} where true
    order by item.queue, item.lane
    on conflict (queue, lane) do update set
      waiting = lane.waiting + case when lane.state = 3 then 0 else excluded.waiting end,
      top = case when excluded.waiting = 0 or lane.state = 3 then lane.top
        when lane.waiting = 0 or excluded.top < lane.top then excluded.top else lane.top end,
      ready_at = case when lane.state = 3 or lane.inflight >= lane.cap then null
        when excluded.waiting = 0 then lane.ready_at
        when lane.open_until > ${now} then lane.open_until else 0 end
    returning queue, lane, state, waiting`,
)

async function enterLanes(tx: App, items: readonly Owed[]): Promise<Map<string, EnteredLane>> {
  const entering = new Map<string, { queue: string; lane: string; ready: number; cap: number; top: number }>()
  for (const item of items) {
    const name = nameOfLane(item)
    const cap = firstCap(item.queue as QueueName, item.lane)
    const lane = entering.get(name) ?? { queue: item.queue, lane: item.lane, ready: 0, cap, top: item.prio }
    if (item.state === 0) {
      lane.top = lane.ready === 0 ? item.prio : Math.min(lane.top, item.prio)
      lane.ready++
    }
    entering.set(name, lane)
  }
  const rows = await upsertLanes(tx, { list: packed(laneColumns, [...entering.values()]), now: tx.now() })
  return new Map(rows.map((row) => [nameOfLane(row), row]))
}

type Waiting = Pick<JobRow, 'id' | 'queue' | 'lane' | 'ref' | 'ukey' | 'attempts'>

const readWaiting = prepared<{ keys: string[] }, Waiting>(
  (_db, { keys }, dialect) => sql<Waiting>`select id, queue, lane, ref, ukey, attempts from job
    where ${dialect.amongText(sql.ref('ukey'), keys)} and ukey is not null and state <> 2`,
)

async function waitingOfKeys(tx: App, items: readonly Owed[]): Promise<Waiting[]> {
  const keys = items.flatMap((item) => (item.ukey === null ? [] : [item.ukey]))
  return keys.length === 0 ? [] : readWaiting(tx, { keys })
}

const insertJobs = prepared<{ list: string }, never>(
  (_db, { list }, dialect) => sql<never>`
    insert into job (id, queue, lane, state, prio, run_at, failures, kind, ref, payload, okey, ukey, created_at, expires_at)
    select id, queue, lane, state, prio, run_at, failures, kind, ref, payload, okey, ukey, created_at, expires_at
    from ${dialect.recordsOf(list, jobColumns)} where true
    on conflict (ukey) where ukey is not null and state <> 2 do update set
      kind = excluded.kind, payload = excluded.payload, ref = excluded.ref, okey = excluded.okey,
      prio = case when excluded.prio < job.prio then excluded.prio else job.prio end,
      state = case when excluded.state < job.state then excluded.state else job.state end,
      run_at = case when excluded.run_at < job.run_at then excluded.run_at else job.run_at end,
      failures = excluded.failures, expires_at = excluded.expires_at, last_error = null`,
)

const deleteWaiting = prepared<{ keys: string[] }, Waiting>(
  (_db, { keys }, dialect) => sql<Waiting>`delete from job
    where ${dialect.amongText(sql.ref('ukey'), keys)} and ukey is not null and state <> 2
    returning id, queue, lane, ref, ukey, attempts`,
)

/** A job that was taken back before it ran; with `attempts` 0 nobody has ever heard of it. */
export type Cancelled = { key: string; lane: string; attempts: number }

/** Takes back the waiting jobs of these keys (those running go on) and tells which there were. */
export async function cancelWaiting(tx: App, keys: string | readonly string[]): Promise<Cancelled[]> {
  const asked = typeof keys === 'string' ? [keys] : [...keys]
  const found = await readWaiting(tx, { keys: asked })
  if (found.length === 0) return []
  await holdLanes(tx, found)
  const gone = await deleteWaiting(tx, { keys: asked })
  await countOutgoing(
    tx,
    gone.map((row) => row.ref),
    -1,
  )
  await recountLanes(tx, gone)
  return gone.map((row) => ({ key: row.ukey ?? '', lane: row.lane, attempts: row.attempts }))
}

/** What the worker listens to: the names of queues that have new work. */
export const WORK_TOPIC = 'jobs'
const toldOf = new WeakMap<App, Set<string>>()

function wakeAfterCommit(tx: App, items: readonly Owed[]): void {
  let told = toldOf.get(tx)
  if (!told) {
    told = new Set()
    toldOf.set(tx, told)
  }
  for (const { queue } of items) {
    if (told.has(queue)) continue
    told.add(queue)
    tx.afterCommit(() => tx.events.publish(WORK_TOPIC, queue))
  }
}
