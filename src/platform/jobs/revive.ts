import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '../database/prepared.ts'
import { MINUTE } from '../times.ts'
import type { QueueName } from './declare.ts'
import { queues } from './declare.ts'
import { holdLanes, saveLanes } from './lane-rows.ts'
import { laneState, readyAt, revived } from './lanes.ts'
import type { LaneRow } from './tables.ts'

const HASTEN_AFTER = MINUTE

const hasten = prepared<{ queue: string; lane: string; now: number }, never>(
  (_db, { queue, lane, now }) => sql<never>`update job set run_at = ${now}
    where state = 1 and queue = ${queue} and lane = ${lane} and attempts > 0 and run_at > ${now}`,
)

const lanesUnwell = prepared<{ queues: string[]; host: string }, LaneRow>(
  (_db, { queues, host }, dialect) => sql<LaneRow>`select * from lane
    where ${dialect.amongText(sql.ref('queue'), queues)} and lane = ${host}
      and state in (${sql.lit(laneState.open)}, ${sql.lit(laneState.gone)})`,
)

/**
 * The host was heard of: lanes that were given up open again, and an open circuit is probed at once (at most once
 * a minute, so that a stranger cannot make us knock). Cheap when there is nothing to do. Answers the queues revived.
 */
export async function revive(
  app: App,
  host: string,
  options: { wholly?: boolean } = {},
): Promise<QueueName[]> {
  const now = app.now()
  const unwell = await lanesUnwell(app, { queues: [...queues], host })
  const stirring = (lane: { state: number; last_fail: number | null; open_until: number }) =>
    options.wholly ||
    lane.state === laneState.gone ||
    (lane.open_until > now && (lane.last_fail ?? 0) < now - HASTEN_AFTER)
  if (!unwell.some(stirring)) return []
  return app.inTransaction(async (tx) => {
    const held = [...(await holdLanes(tx, unwell)).values()].filter(
      (lane) => lane.state !== laneState.closed && stirring(lane),
    )
    const lanes = held.map((lane) =>
      options.wholly || lane.state === laneState.gone ? revived(lane) : { ...lane, open_until: now },
    )
    for (const lane of held) await hasten(tx, { queue: lane.queue, lane: lane.lane, now })
    await saveLanes(
      tx,
      lanes.map((lane) => ({ ...lane, ready_at: readyAt(lane, now) })),
    )
    return held.filter((lane) => lane.state === laneState.gone).map((lane) => lane.queue as QueueName)
  })
}
