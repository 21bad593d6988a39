import { sql } from 'kysely'
import type { App } from '#app.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import { buryJobs } from './dead-jobs.ts'
import { queues } from './declare.ts'
import { holdLanes, recountLanes } from './lane-rows.ts'
import { laneState } from './lanes.ts'
import { countOutgoing } from './outgoing.ts'
import { dropBacklog } from './queue-drop.ts'
import type { JobRow } from './tables.ts'

/** Jobs moved in one transaction; a herd that comes due together is let in by and by. */
const PER_TICK = 1000
/** From so many crashes in a row on, of those that were running only one runs at a time. */
const SUSPECTED_FROM = 2
/** So many crashes in a row, most of them while no other suspect ran, and it is the job. */
const CRASHES_ALLOWED = 5

type Due = Pick<JobRow, 'id' | 'queue' | 'lane' | 'ukey'>

const dueJobs = prepared<{ now: number; n: number }, Due>(
  (_db, { now, n }) => sql<Due>`select id, queue, lane, ukey from job
    where state = 1 and state <> 0 and run_at <= ${now} and crashes < ${sql.lit(SUSPECTED_FROM)}
    order by run_at limit ${n}`,
)
const suspected = sql`crashes >= ${sql.lit(SUSPECTED_FROM)}`
const nextSuspect = prepared<{ now: number }, Due>(
  (_db, { now }) => sql<Due>`select id, queue, lane, ukey from job
    where ${suspected} and state = 1 and run_at <= ${now} order by crashes, id limit 1`,
)
// One that waits for a host which does not answer must not hold up those of other hosts.
const suspectAtWork = prepared<{ now: number }, { id: number }>(
  (_db, { now }) => sql<{ id: number }>`select job.id from job
    left join lane on lane.queue = job.queue and lane.lane = job.lane
    where ${suspected} and (job.state = 2 or (job.state = 0 and lane.ready_at <= ${now})) limit 1`,
)
const lostJobs = prepared<{ now: number; n: number }, JobRow>(
  (_db, { now, n }) => sql<JobRow>`select * from job
    where state = 2 and state <> 0 and run_at <= ${now} order by run_at limit ${n}`,
)
const makeReady = prepared<{ ids: number[]; now: number }, never>(
  (_db, { ids, now }, dialect) => sql<never>`update job set state = 0
    where ${dialect.among(sql.ref('id'), ids)} and state = 1 and run_at <= ${now}`,
)
const backColumns = { id: 'int', state: 'int', run_at: 'int' } as const
const giveBack = prepared<{ list: string; now: number }, never>(
  (_db, { list, now }, dialect) => sql<never>`update job set state = item.state, run_at = item.run_at,
      crashes = crashes + 1, last_error = 'its worker vanished'
    from ${dialect.recordsOf(list, backColumns)}
    where job.id = item.id and job.state = 2 and job.run_at <= ${now}`,
)
const deleteLost = prepared<{ ids: number[]; now: number }, JobRow>(
  (_db, { ids, now }, dialect) => sql<JobRow>`delete from job
    where ${dialect.among(sql.ref('id'), ids)} and state = 2 and run_at <= ${now} returning *`,
)
const keysWaiting = prepared<{ keys: string[] }, { ukey: string }>(
  (_db, { keys }, dialect) => sql<{ ukey: string }>`select ukey from job
    where ${dialect.amongText(sql.ref('ukey'), keys)} and ukey is not null and state <> 2`,
)
const openPaused = prepared<{ queues: string[]; now: number }, never>(
  (_db, { queues, now }, dialect) => sql<never>`update lane set ready_at = 0
    where ${dialect.amongText(sql.ref('queue'), queues)} and ready_at is not null and ready_at > 0 and ready_at <= ${now}`,
)

/** Makes ready what has come due and what a vanished worker left behind; answers how many jobs it moved. */
export async function runTimer(app: App): Promise<number> {
  return app.inTransaction(async (tx) => {
    const now = tx.now()
    await openPaused(tx, { queues: [...queues], now })
    const due = [...(await dueJobs(tx, { now, n: PER_TICK })), ...(await suspectsDue(tx, now))]
    const lost = await lostJobs(tx, { now, n: PER_TICK })
    await moveToReady(tx, due, lost)
    return due.length + lost.length
  })
}

/** Suspects run one by one, so that whichever kills its worker takes no innocent along. */
async function suspectsDue(tx: App, now: number): Promise<Due[]> {
  const next = await nextSuspect(tx, { now })
  return next.length === 0 || (await suspectAtWork(tx, { now })).length > 0 ? [] : next
}

/** Gives back everything that runs, at once: for the start of a process that knows it is alone with the database. */
export async function recoverAll(app: App): Promise<number> {
  return app.inTransaction(async (tx) => {
    const lost = await lostJobs(tx, { now: Number.MAX_SAFE_INTEGER, n: 100_000 })
    await moveToReady(tx, [], lost, Number.MAX_SAFE_INTEGER)
    return lost.length
  })
}

async function moveToReady(tx: App, due: Due[], lost: JobRow[], lostBefore = tx.now()): Promise<void> {
  if (due.length + lost.length === 0) return
  const lanes = await holdLanes(tx, [...due, ...lost])
  const now = tx.now()
  if (due.length > 0) await makeReady(tx, { ids: due.map((job) => job.id), now })
  const again = await withoutSuperseded(tx, lost)
  const { poison, innocent } = sortLost(again)
  await deleteAsLost(
    tx,
    lost.filter((job) => !again.includes(job)),
    lostBefore,
  )
  const buried = await deleteAsLost(tx, poison, lostBefore)
  await buryJobs(
    tx,
    buried.map((job) => ({ job, reason: `its worker vanished ${CRASHES_ALLOWED} times while it ran` })),
  )
  const back = oneByOne(innocent, now)
  if (back.length > 0) await giveBack(tx, { list: packed(backColumns, back), now: lostBefore })
  await recountLanes(tx, [...lanes.values()])
  for (const lane of lanes.values()) {
    if (lane.state !== laneState.gone) continue
    await dropBacklog(tx, lane, 'no answer for seven days')
    await recountLanes(tx, [lane])
  }
}

/** Jobs that were running at too many crashes in a row are suspected of causing them. */
export function sortLost<J extends Pick<JobRow, 'crashes'>>(
  lost: readonly J[],
): { poison: J[]; innocent: J[] } {
  const isPoison = (job: J) => job.crashes + 1 >= CRASHES_ALLOWED
  return { poison: lost.filter(isPoison), innocent: lost.filter((job) => !isPoison(job)) }
}

/** Jobs lost for the first time start again at once; those lost before wait until the timer lets them go, one by one. */
export function oneByOne<J extends Pick<JobRow, 'id' | 'crashes'>>(lost: readonly J[], now: number) {
  return lost.map(({ id, crashes }) => ({ id, state: crashes + 1 < SUSPECTED_FROM ? 0 : 1, run_at: now }))
}

/** Whether the next suspect may go when this job has ended. */
export const isSuspect = (job: Pick<JobRow, 'crashes'>): boolean => job.crashes >= SUSPECTED_FROM

async function withoutSuperseded(tx: App, lost: JobRow[]): Promise<JobRow[]> {
  const keys = lost.flatMap(({ ukey }) => (ukey === null ? [] : [ukey]))
  if (keys.length === 0) return lost
  const taken = new Set((await keysWaiting(tx, { keys })).map((row) => row.ukey))
  return [...lost]
    .sort((a, b) => b.id - a.id)
    .filter(({ ukey }) => {
      if (ukey === null) return true
      return taken.has(ukey) ? false : taken.add(ukey)
    })
}

async function deleteAsLost(tx: App, jobs: JobRow[], now: number): Promise<JobRow[]> {
  if (jobs.length === 0) return []
  const rows = await deleteLost(tx, { ids: jobs.map((job) => job.id), now })
  await countOutgoing(
    tx,
    rows.map((row) => row.ref),
    -1,
  )
  return rows
}
