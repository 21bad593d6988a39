import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { idAt } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'
import { DAY } from '#platform/times.ts'

/** A day, as a distance between ids. */
const DAY_OF_IDS = idAt(DAY + Date.UTC(2010, 0, 1))
const HOUR_OF_IDS = DAY_OF_IDS / 24
/** How much wider each try looks when the last one did not fill the page. */
const WIDER = 4
const FIRST_WINDOW = 6 * HOUR_OF_IDS
const EVERYTHING = Number.MAX_SAFE_INTEGER

type Ask = { me: number; above: number; below: number; day: number; most: number }

/**
 * One window of a home: own posts and those of followed accounts, merged when read (decision 0007).
 * `hides` is true for members who block or mute anyone; the others need not pay for looking.
 */
const homeWindow = (ascending: boolean, hides: boolean) =>
  prepared<Ask, { id: number }>((_, { me, above, below, day, most }) => {
    const order = sql.raw(ascending ? 'asc' : 'desc')
    const hidden = sql`and not exists (
        select 1 from block b where (b.account_id = ${me} and b.target_id in (s.account_id, o.account_id))
          or (b.target_id = ${me} and b.account_id = o.account_id))
      and not exists (select 1 from mute m where m.account_id = ${me} and m.target_id in (s.account_id, o.account_id))
      and not exists (select 1 from mention n where n.status_id in (s.id, s.reblog_of_id) and (
        n.account_id in (select target_id from block where account_id = ${me})
        or n.account_id in (select target_id from mute where account_id = ${me})))`
    return sql<{ id: number }>`
      with source(account_id, show_reblogs, languages) as (
        select target_id, show_reblogs, languages from follow where account_id = ${me}
        union all select ${me}, 1, null)
      select s.id as id
      from source f
      join status s on s.account_id = f.account_id and s.id > ${above} and s.id < ${below}
      left join status o on o.id = s.reblog_of_id
      where (s.visibility in ('public', 'unlisted', 'private') or s.account_id = ${me}
          or exists (select 1 from mention n where n.status_id = s.id and n.account_id = ${me}))
        and s.in_reply_to_uri is null
        and (s.in_reply_to_account_id is null or s.in_reply_to_account_id in (s.account_id, ${me})
          or exists (select 1 from follow g where g.account_id = ${me} and g.target_id = s.in_reply_to_account_id))
        and (s.reblog_of_id is null or (f.show_reblogs = 1
          and not (o.id > s.id - ${day} and exists (
            select 1 from source g where g.account_id = o.account_id))
          and not exists (
            select 1 from status b join source g on g.account_id = b.account_id and g.show_reblogs = 1
            where b.reblog_of_id = s.reblog_of_id and b.id < s.id and b.id > s.id - ${day})))
        and (f.languages is null or s.language is null or f.languages like '%"' || s.language || '"%')
        ${hides ? hidden : sql``}
      order by s.id ${order}
      limit ${most}`
  })

const windows = {
  older: { plain: homeWindow(false, false), hiding: homeWindow(false, true) },
  newer: { plain: homeWindow(true, false), hiding: homeWindow(true, true) },
}

const hidesAnyone = prepared<{ me: number }, { one: number }>(
  (_, { me }) =>
    sql<{
      one: number
    }>`select 1 as one where exists (select 1 from block where account_id = ${me} or target_id = ${me})
      or exists (select 1 from mute where account_id = ${me})`,
)

/** How far back each member's last page reached; the next one starts there instead of doubling up to it. */
const windowsKept = keptBy(() => new LRUCache<number, number>({ max: 10_000 }))

/** Ids of a page of the member's home, newest first. */
export async function homeIds(app: App, account: AccountRow, page: Page): Promise<number[]> {
  const hides = (await hidesAnyone(app, { me: account.id })).length > 0
  const ascending = page.minId !== null
  const run = windows[ascending ? 'newer' : 'older'][hides ? 'hiding' : 'plain']
  const floor = Math.max(page.sinceId ?? 0, page.minId ?? 0)
  const ceiling = page.maxId ?? idAt(app.now() + DAY)
  const kept = windowsKept(app)
  for (let width = kept.get(account.id) ?? FIRST_WINDOW; ; width *= WIDER) {
    const above = ascending ? floor : Math.max(floor, ceiling - width)
    const below = ascending ? Math.min(ceiling, floor + width) : ceiling
    const whole = ascending ? below === ceiling : above === floor
    const rows = await run(app, { me: account.id, above, below, day: DAY_OF_IDS, most: page.limit })
    if (rows.length < page.limit && !whole && width < EVERYTHING / WIDER) continue
    if (rows.length >= page.limit && !ascending)
      kept.set(account.id, fitting(ceiling, rows.at(-1)?.id, width))
    const ids = rows.map((row) => row.id)
    return ascending ? ids.reverse() : ids
  }
}

/** A window half again as wide as the page needed: narrow enough to be cheap, wide enough to hold the next. */
function fitting(ceiling: number, lastId: number | undefined, width: number): number {
  if (lastId === undefined) return width
  return Math.max(HOUR_OF_IDS / 60, Math.min(width, (ceiling - lastId) * 1.5))
}
