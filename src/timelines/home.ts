import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { idAt } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'
import { SECOND } from '#platform/times.ts'
import { belongsInHome, DAY_OF_IDS } from './home-rule.ts'

const HOUR_OF_IDS = DAY_OF_IDS / 24
/** How much wider each try looks when the last one did not fill the page. */
const WIDER = 4
const FIRST_WINDOW = 6 * HOUR_OF_IDS
const EVERYTHING = Number.MAX_SAFE_INTEGER

/** How many posts are judged for each that is asked for: some are dropped, and judging more would be work for nobody. */
const CANDIDATES_EACH = 1.5

type Ask = { me: number; above: number; below: number; day: number; most: number }
type Candidate = { id: number; shown: number }

/**
 * The newest posts of one window of a home: own ones and those of followed accounts, merged when read (decision
 * 0007), each with whether it is shown. `hides` is true for members who block or mute anyone; the others need
 * not pay for looking.
 */
const homeWindow = (ascending: boolean, hides: boolean) =>
  prepared<Ask, Candidate>((_, { me, above, below, day, most }) => {
    const order = sql.raw(ascending ? 'asc' : 'desc')
    return sql<Candidate>`
      with source(account_id) as (
        select target_id from follow where account_id = ${me} union all select ${me}),
      candidate(id) as (
        select s.id from source f
        join status s on s.account_id = f.account_id and s.id > ${above} and s.id < ${below}
        order by s.id ${order} limit ${most})
      select s.id as id, case when
        ${belongsInHome(sql`${me}`, sql`${day}`, hides)}
        then 1 else 0 end as shown
      from candidate c
      join status s on s.id = c.id
      left join follow f on f.account_id = ${me} and f.target_id = s.account_id
      left join status o on o.id = s.reblog_of_id
      order by s.id ${order}`
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
      or exists (select 1 from mute where account_id = ${me})
      or exists (select 1 from account_domain_block where account_id = ${me})`,
)

/** How far back each member's last page reached; the next one starts there instead of doubling up to it. */
const windowsKept = keptBy(() => new LRUCache<number, number>({ max: 10_000 }))

/** Ids of a page of the member's home, newest first. */
export async function homeIds(app: App, account: AccountRow, page: Page): Promise<number[]> {
  const hides = (await hidesAnyone(app, { me: account.id })).length > 0
  const ascending = page.minId !== null
  const run = windows[ascending ? 'newer' : 'older'][hides ? 'hiding' : 'plain']
  const ask = { me: account.id, day: DAY_OF_IDS, most: Math.ceil(page.limit * CANDIDATES_EACH) }
  const floor = Math.max(page.sinceId ?? 0, page.minId ?? 0)
  const ceiling = page.maxId ?? idAt(app.now() + SECOND)
  const kept = windowsKept(app)
  const ids: number[] = []
  let width = kept.get(account.id) ?? FIRST_WINDOW
  let cursor = ascending ? floor : ceiling
  for (;;) {
    const above = ascending ? cursor : Math.max(floor, cursor - width)
    const below = ascending ? Math.min(ceiling, cursor + width) : cursor
    const rows = await run(app, { ...ask, above, below })
    for (const row of rows) if (row.shown && ids.length < page.limit) ids.push(row.id)
    if (ids.length >= page.limit) break
    if (rows.length === ask.most) {
      cursor = rows.at(-1)?.id as number
      continue
    }
    if (ascending ? below === ceiling : above === floor) break
    // The next window begins where this one ended; its edge has not been looked at.
    cursor = ascending ? below - 1 : above + 1
    width = Math.min(width * WIDER, EVERYTHING)
  }
  if (ids.length >= page.limit && !ascending) kept.set(account.id, fitting(ceiling, ids.at(-1)))
  return ascending ? ids.reverse() : ids
}

/** A window half again as wide as the page needed: narrow enough to be cheap, wide enough to hold the next. */
function fitting(ceiling: number, lastId: number | undefined): number {
  return Math.max(HOUR_OF_IDS / 3600, (ceiling - (lastId ?? 0)) * 1.5)
}
