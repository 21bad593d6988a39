import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '../database/prepared.ts'
import { reportFailed } from './delivery-report.ts'
import type { LaneKey } from './lane-rows.ts'
import { recountLanes } from './lane-rows.ts'
import { countOutgoing } from './outgoing.ts'
import type { LaneRow } from './tables.ts'

/** Dropped at once when a lane is too long, so that the next put does not have to drop again. */
const SPARE = 1000
const CHUNK = 5000

type Dropped = { ref: number | null }

const dropLast = prepared<{ queue: string; lane: string; n: number }, Dropped>(
  (_db, { queue, lane, n }) => sql<Dropped>`delete from job where id in (
      select id from job where queue = ${queue} and lane = ${lane} and state = 0 order by prio desc, id limit ${n})
    returning ref`,
)

/** Keeps a lane below `most` waiting jobs: the least important go first, of those the oldest. The lane must be held. */
export async function dropLeastImportant(
  tx: App,
  lane: Pick<LaneRow, 'queue' | 'lane' | 'waiting'>,
  most: number,
) {
  const n = lane.waiting - most + SPARE
  const dropped = await dropLast(tx, { queue: lane.queue, lane: lane.lane, n })
  await forgetDropped(tx, lane, dropped, 'too much waited for it')
  await recountLanes(tx, [lane])
  tx.log.warn({ queue: lane.queue, lane: lane.lane, dropped: dropped.length }, 'too much waits for one host')
}

async function forgetDropped(tx: App, { queue, lane }: LaneKey, dropped: Dropped[], reason: string) {
  const refs = dropped.map(({ ref }) => ref)
  await reportFailed(
    tx,
    refs.map((ref) => ({ queue, lane, ref })),
    reason,
  )
  await countOutgoing(tx, refs, -1)
}

const dropChunk = prepared<LaneKey & { n: number }, Dropped>(
  (_db, { queue, lane, n }) => sql<Dropped>`delete from job where id in (
      select id from job where queue = ${queue} and lane = ${lane} and state = 0 limit ${n})
    returning ref`,
)

/** Drops what is ready in a lane that was given up, and leaves one line about it among the dead; what is delayed follows when due. */
export async function dropBacklog(tx: App, lane: LaneKey, reason: string): Promise<void> {
  let count = 0
  for (;;) {
    const dropped = await dropChunk(tx, { queue: lane.queue, lane: lane.lane, n: CHUNK })
    await forgetDropped(tx, lane, dropped, reason)
    count += dropped.length
    if (dropped.length < CHUNK) break
  }
  if (count === 0) return
  const now = tx.now()
  await tx.db
    .insertInto('dead_job')
    .values({
      id: tx.newId(),
      queue: lane.queue,
      lane: lane.lane,
      kind: 'backlog',
      prio: 90,
      ref: null,
      payload: JSON.stringify({ dropped: count }),
      okey: null,
      attempts: 0,
      reason,
      created_at: now,
      died_at: now,
    })
    .execute()
}
