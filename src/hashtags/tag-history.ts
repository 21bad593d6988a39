import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { ID_EPOCH, idAt } from '#platform/ids.ts'
import { DAY, MINUTE } from '#platform/times.ts'

/** Uses of a hashtag on one day; clients read them as text. */
export type TagDay = { day: string; uses: string; accounts: string }

const DAYS = 7
const REMEMBERED_MS = 10 * MINUTE
type Kept = { at: number; days: TagDay[] }
const kept = keptBy(() => new LRUCache<number, Kept>({ max: 2000 }))

type Used = { tag: number; day: number; uses: number; accounts: number }

// Ids count time from a midnight, so that the day is a division.
const DAY_OF_IDS = idAt(ID_EPOCH + DAY)

const used = prepared<{ ids: readonly number[]; since: number }, Used>(
  (_, { ids, since }, dialect) => sql<Used>`
    select t.tag_id as tag, t.status_id / ${sql.raw(String(DAY_OF_IDS))} as day, count(*) as uses,
      count(distinct s.account_id) as accounts
    from status_tag t join status s on s.id = t.status_id join account a on a.id = s.account_id
    where ${dialect.among(sql`t.tag_id`, ids)} and t.status_id >= ${since} and s.visibility = 'public'
      and a.silenced_at is null and a.suspended_at is null
    group by t.tag_id, t.status_id / ${sql.raw(String(DAY_OF_IDS))}`,
)

/** How often these tags were used publicly on each of the last seven days (UTC), today first; remembered for ten minutes. */
export async function tagHistories(app: App, ids: readonly number[]): Promise<Map<number, TagDay[]>> {
  const memory = kept(app)
  const fresh = (id: number) => {
    const known = memory.get(id)
    return known && app.now() - known.at < REMEMBERED_MS ? known.days : undefined
  }
  const missing = ids.filter((id) => id > 0 && !fresh(id))
  const today = Math.floor(app.now() / DAY) * DAY
  if (missing.length > 0) {
    const since = idAt(today - (DAYS - 1) * DAY)
    const rows = Map.groupBy(await used(app, { ids: missing, since }), (row) => row.tag)
    for (const id of missing) memory.set(id, { at: app.now(), days: daysOf(today, rows.get(id) ?? []) })
  }
  return new Map(ids.map((id) => [id, memory.get(id)?.days ?? daysOf(today, [])]))
}

function daysOf(today: number, rows: readonly Used[]): TagDay[] {
  return Array.from({ length: DAYS }, (_, ago) => {
    const day = today - ago * DAY
    const row = rows.find((each) => each.day === (day - ID_EPOCH) / DAY)
    return { day: String(day / 1000), uses: String(row?.uses ?? 0), accounts: String(row?.accounts ?? 0) }
  })
}
