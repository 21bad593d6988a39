import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '../database/prepared.ts'
import { idAt } from '../ids.ts'
import { DAY } from '../times.ts'
import { reportFailed } from './delivery-report.ts'
import type { LaneKey } from './lane-rows.ts'
import { holdLanes, recountLanes } from './lane-rows.ts'
import { countOutgoing } from './outgoing.ts'

const CHUNK = 1000

const expiredOf = prepared<LaneKey & { now: number; n: number }, { id: number }>(
  (_db, { queue, lane, now, n }) => sql<{ id: number }>`select id from job
    where queue = ${queue} and lane = ${lane} and state = 0 and expires_at is not null and expires_at <= ${now} limit ${n}`,
)
const deleteExpired = prepared<{ ids: number[] }, { ref: number | null }>(
  (_db, { ids }, dialect) => sql<{ ref: number | null }>`delete from job
    where ${dialect.among(sql.ref('id'), ids)} and state = 0 returning ref`,
)

/** Drops what waited too long for hosts that do not answer (elsewhere a job's age is seen when it is taken). */
export async function expireJobs(app: App): Promise<number> {
  const lanes = await app.db.selectFrom('lane').select(['queue', 'lane']).where('state', '<>', 0).execute()
  let count = 0
  for (const lane of lanes) {
    for (;;) {
      const found = await expiredOf(app, { ...lane, now: app.now(), n: CHUNK })
      if (found.length === 0) break
      await app.inTransaction(async (tx) => {
        await holdLanes(tx, [lane])
        const gone = await deleteExpired(tx, { ids: found.map((row) => row.id) })
        await reportFailed(
          tx,
          gone.map(({ ref }) => ({ ...lane, ref })),
          'it waited too long',
        )
        await countOutgoing(
          tx,
          gone.map((row) => row.ref),
          -1,
        )
        await recountLanes(tx, [lane])
      })
      count += found.length
    }
  }
  return count
}

const lanesAfter = prepared<{ queue: string; lane: string; n: number }, LaneKey>(
  (
    _db,
    { queue, lane, n },
  ) => sql<LaneKey>`select queue, lane from lane where (queue, lane) > (${queue}, ${lane})
    order by queue, lane limit ${n}`,
)
const forgetIdle = prepared<{ before: number; servedBefore: number }, never>(
  (
    _db,
    { before, servedBefore },
  ) => sql<never>`delete from lane where state = 0 and waiting = 0 and inflight = 0 and lane <> ''
    and served < ${servedBefore} and coalesce(last_ok, 0) < ${before}
    and not exists (select 1 from job where job.state = 1 and job.state <> 0 and job.queue = lane.queue
      and job.lane = lane.lane)`,
)

/** Sets every lane's counters from the jobs themselves: the net below arithmetic that ought to be right. */
export async function recountAll(app: App): Promise<void> {
  let last: LaneKey = { queue: '', lane: '' }
  for (;;) {
    const lanes = await lanesAfter(app, { ...last, n: 500 })
    const end = lanes.at(-1)
    if (!end) return
    await app.inTransaction(async (tx) => {
      await holdLanes(tx, lanes)
      await recountLanes(tx, lanes)
    })
    last = end
  }
}

/** Forgets lanes nobody used for a month. */
export async function forgetIdleLanes(app: App): Promise<void> {
  const before = app.now() - 30 * DAY
  await app.inTransaction((tx) => forgetIdle(tx, { before, servedBefore: idAt(before) }))
}
