import { sql } from 'kysely'
import type { App } from '#app.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import type { QueueName } from './declare.ts'
import { visibility } from './queue-rules.ts'
import type { JobRow, LaneRow } from './tables.ts'

export type ClaimLimits = {
  /** How many lanes are looked at. */
  lanes: number
  /** How many of one lane are taken while others have work too. */
  perLane: number
  /** How many jobs are taken altogether. */
  most: number
  /** Takes the lanes in turn instead of by priority; every eighth claim does, so that nothing starves. */
  inTurn?: boolean
}

export const usualLimits: ClaimLimits = { lanes: 16, perLane: 8, most: 128 }

type ReadyLane = Pick<LaneRow, 'lane' | 'waiting' | 'inflight' | 'cap'>
type Asked = { queue: string; now: number; n: number }

const lanesByPriority = prepared<Asked, ReadyLane>(
  (_db, { queue, now, n }, dialect) => sql<ReadyLane>`select lane, waiting, inflight, cap from lane
    where queue = ${queue} and ready_at is not null and ready_at <= ${now} and inflight < cap
    order by ready_at, top, served limit ${n} ${dialect.skipLocked}`,
)
const lanesInTurn = prepared<Asked, ReadyLane>(
  (_db, { queue, now, n }, dialect) => sql<ReadyLane>`select lane, waiting, inflight, cap from lane
    where queue = ${queue} and ready_at is not null and ready_at <= ${now} and inflight < cap
    order by served limit ${n} ${dialect.skipLocked}`,
)

// An earlier job about the same object goes first whatever its priority, even while it waits for its next try.
const pickJobs = prepared<{ queue: string; lanes: string; n: number }, JobRow>(
  (
    _db,
    { queue, lanes, n },
    dialect,
  ) => sql<JobRow>`select job.* from ${dialect.recordsOf(lanes, { lane: 'text' })}
    ${dialect.joinPicked(
      'job',
      sql`select own.id from job as own
        where own.queue = ${queue} and own.lane = item.lane and own.state = 0
          and not exists (select 1 from job as earlier where earlier.lane = own.lane and earlier.okey = own.okey
            and earlier.okey is not null and earlier.id < own.id and earlier.queue = own.queue)
        order by own.prio, own.id limit ${n}`,
    )}`,
)

const takeJobs = prepared<{ ids: number[]; until: number }, never>(
  (
    _db,
    { ids, until },
    dialect,
  ) => sql<never>`update job set state = 2, run_at = ${until}, attempts = attempts + 1
    where ${dialect.among(sql.ref('id'), ids)}`,
)

const laneColumns = { queue: 'text', lane: 'text', taken: 'int', rest: 'int' } as const
const leaveLanes = prepared<{ list: string; served: number }, never>(
  (_db, { list, served }, dialect) => sql<never>`update lane set
      waiting = waiting - item.taken, inflight = inflight + item.taken, served = ${served},
      top = coalesce((select job.prio from job where job.queue = lane.queue and job.lane = lane.lane and job.state = 0
        order by job.prio limit 1), 0),
      ready_at = case when item.rest = 0 or inflight + item.taken >= cap then null else 0 end
    from ${dialect.recordsOf(list, laneColumns)}
    where lane.queue = item.queue and lane.lane = item.lane`,
)

/** How many jobs a claim takes from one of `lanes` lanes. */
export function shareOfLane(limits: ClaimLimits, lanes: number): number {
  const share = Math.ceil(limits.most / Math.max(1, lanes))
  return lanes >= limits.lanes ? Math.min(limits.perLane, share) : share
}

/**
 * Takes jobs for this worker, lanes first: those of a dead host are never even read. Runs in the caller's
 * transaction; the jobs count as lost when they are not finished within the queue's visibility time.
 */
export async function claim(tx: App, queue: QueueName, limits: ClaimLimits = usualLimits): Promise<JobRow[]> {
  const now = tx.now()
  const choose = limits.inTurn ? lanesInTurn : lanesByPriority
  const lanes = await choose(tx, { queue, now, n: Math.min(limits.lanes, limits.most) })
  if (lanes.length === 0) return []
  const share = shareOfLane(limits, lanes.length)
  const found = await pickJobs(tx, { queue, lanes: packed({ lane: 'text' }, lanes), n: share })
  const { taken, leaving } = allot(lanes, found, share, limits.most)
  const until = now + visibility(queue)
  if (taken.length > 0) await takeJobs(tx, { ids: taken.map((job) => job.id), until })
  await leaveLanes(tx, {
    list: packed(
      laneColumns,
      leaving.map((lane) => ({ ...lane, queue })),
    ),
    served: tx.newId(),
  })
  return taken.map((job) => ({ ...job, state: 2, run_at: until, attempts: job.attempts + 1 }))
}

type Leaving = { lane: string; taken: number; rest: number }

/** Gives each lane its room; `rest` tells whether more could be taken from it right away. */
export function allot<J extends Pick<JobRow, 'id' | 'lane' | 'prio'>>(
  lanes: readonly ReadyLane[],
  found: readonly J[],
  share: number,
  most: number,
): { taken: J[]; leaving: Leaving[] } {
  const byLane = new Map<string, J[]>()
  for (const job of found) {
    const list = byLane.get(job.lane)
    if (list) list.push(job)
    else byLane.set(job.lane, [job])
  }
  const taken: J[] = []
  const leaving: Leaving[] = []
  for (const { lane, waiting, inflight, cap } of lanes) {
    const offered = (byLane.get(lane) ?? []).sort((a, b) => a.prio - b.prio || a.id - b.id)
    const wanted = Math.min(cap - inflight, share, most - taken.length)
    const given = offered.slice(0, wanted)
    // Fewer than asked for means that the others wait for one that runs: the lane is touched again when it ends.
    const blocked = offered.length < share && given.length === offered.length
    leaving.push({ lane, taken: given.length, rest: blocked ? 0 : Math.max(0, waiting - given.length) })
    taken.push(...given)
  }
  return { taken, leaving }
}
