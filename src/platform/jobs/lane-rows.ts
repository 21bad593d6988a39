import { sql } from 'kysely'
import type { App } from '#app.ts'
import type { RecordColumns } from '../database/dialect.ts'
import { packed } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import type { LaneRow } from './tables.ts'

/** Which lane of which queue. */
export type LaneKey = { queue: string; lane: string }

const keyColumns = { queue: 'text', lane: 'text' } as const
const laneColumns = {
  queue: 'text',
  lane: 'text',
  ready_at: 'int',
  waiting: 'int',
  inflight: 'int',
  cap: 'int',
  top: 'int',
  state: 'int',
  fails: 'int',
  fail_days: 'int',
  open_until: 'int',
  first_fail: 'int',
  last_fail: 'int',
  last_ok: 'int',
  ewma_ms: 'int',
  streak: 'int',
} as const satisfies RecordColumns
const written = Object.keys(laneColumns).filter((name) => name !== 'queue' && name !== 'lane')

/** `queue` and `lane` as one text, for maps. */
export const nameOfLane = ({ queue, lane }: LaneKey): string => `${queue} ${lane}`

/** Each lane once, always in the same order: transactions that hold several lanes must not wait for each other in a ring. */
export function distinctLanes(keys: readonly LaneKey[]): LaneKey[] {
  const named = new Map(keys.map((key) => [nameOfLane(key), { queue: key.queue, lane: key.lane }]))
  return [...named.keys()].sort().map((name) => named.get(name) as LaneKey)
}

const readLanes = prepared<{ keys: string }, LaneRow>(
  (_db, { keys }, dialect) => sql<LaneRow>`select lane.* from ${dialect.recordsOf(keys, keyColumns)}
    join lane on lane.queue = item.queue and lane.lane = item.lane
    order by lane.queue, lane.lane ${dialect.holdRows}`,
)

/** The lanes as they are, held until the end of the transaction: whoever changes jobs holds their lanes first. */
export async function holdLanes(tx: App, keys: readonly LaneKey[]): Promise<Map<string, LaneRow>> {
  const distinct = distinctLanes(keys)
  if (distinct.length === 0) return new Map()
  const rows = await readLanes(tx, { keys: packed(keyColumns, distinct) })
  return new Map(rows.map((row) => [nameOfLane(row), row]))
}

const writeLanes = prepared<{ list: string }, never>((_db, { list }, dialect) => {
  const values = written.map((name) => sql`${sql.ref(name)} = ${sql.ref(`item.${name}`)}`)
  return sql<never>`update lane set ${sql.join(values)} from ${dialect.recordsOf(list, laneColumns)}
    where lane.queue = item.queue and lane.lane = item.lane`
})

/** Writes lanes that were held back. */
export async function saveLanes(tx: App, lanes: readonly LaneRow[]): Promise<void> {
  if (lanes.length > 0) await writeLanes(tx, { list: packed(laneColumns, lanes) })
}

const recount = prepared<{ keys: string; now: number }, never>(
  (
    _db,
    { keys, now },
    dialect,
  ) => sql<never>`update lane set waiting = found.waiting, inflight = found.inflight,
      top = coalesce(found.top, 0),
      ready_at = case when lane.state = 3 or found.waiting = 0 or found.inflight >= lane.cap then null
        when lane.open_until > ${now} then lane.open_until else 0 end
    from (select item.queue, item.lane,
        (select count(*) from job where job.queue = item.queue and job.lane = item.lane and job.state = 0) as waiting,
        (select count(*) from job where job.state = 2 and job.state <> 0 and job.queue = item.queue
          and job.lane = item.lane) as inflight,
        (select job.prio from job where job.queue = item.queue and job.lane = item.lane and job.state = 0
          order by job.prio limit 1) as top
      from ${dialect.recordsOf(keys, keyColumns)}) as found
    where lane.queue = found.queue and lane.lane = found.lane`,
)

/** Sets the counters of these lanes from the jobs themselves. The lanes must be held. */
export async function recountLanes(tx: App, keys: readonly LaneKey[]): Promise<void> {
  const distinct = distinctLanes(keys)
  if (distinct.length > 0) await recount(tx, { keys: packed(keyColumns, distinct), now: tx.now() })
}
