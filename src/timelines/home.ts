import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Page } from '#platform/paging.ts'
import { MINUTE } from '#platform/times.ts'
import { AuthorSet } from './author-set.ts'
import { belongsInHome, DAY_OF_IDS } from './home-rule.ts'
import { EVERYTHING } from './writers.ts'
import { writtenBy } from './written-by.ts'

/** How many posts are judged for each that is asked for: some are dropped, and judging more would be work for nobody. */
const CANDIDATES_EACH = 1.5
/** How many are judged at once when page after page holds nothing to show. */
const MOST_CANDIDATES = 400

type Sources = { authors: string | null; hides: number }

/** Whose posts a home is made of, and whether its member or somebody for them hides anything. */
const sourcesOf = prepared<{ me: number }, Sources>(
  (_, { me }, dialect) => sql<Sources>`
    select (select ${dialect.textOf(sql`target_id`)} from follow where account_id = ${me}) as authors,
      case when exists (select 1 from block where account_id = ${me})
        or exists (select 1 from block where target_id = ${me})
        or exists (select 1 from mute where account_id = ${me})
        or exists (select 1 from account_domain_block where account_id = ${me}) then 1 else 0 end as hides`,
)

const judging = (hides: boolean) =>
  prepared<{ me: number; day: number; ids: readonly number[] }, { id: number }>(
    (_, { me, day, ids }, dialect) => sql<{ id: number }>`
      select s.id as id from ${dialect.rowsOf(ids)}
      join status s on s.id = item.value
      left join follow f on f.account_id = ${me} and f.target_id = s.account_id
      left join status o on o.id = s.reblog_of_id
      where (s.account_id = ${me} or f.id is not null) and ${belongsInHome(sql`${me}`, sql`${day}`, hides)}`,
  )
const judge = { plain: judging(false), hiding: judging(true) }

/** Ids of a page of the member's home, newest first: gathered when it is read (decision 0007). */
export async function homeIds(app: App, account: AccountRow, page: Page): Promise<number[]> {
  const me = account.id
  const sources = (await sourcesOf(app, { me }))[0] as Sources
  const authors = authorSetOf(app, me, sources.authors)
  const run = sources.hides ? judge.hiding : judge.plain
  const ascending = page.minId !== null
  let above = Math.max(page.sinceId ?? 0, page.minId ?? 0)
  let below = page.maxId ?? EVERYTHING
  let most = Math.ceil(page.limit * CANDIDATES_EACH)
  const ids: number[] = []
  for (;;) {
    const written = await writtenBy(app, authors, { above, below, most, ascending })
    const rows = written.length > 0 ? await run(app, { me, day: DAY_OF_IDS, ids: written }) : []
    const shown = new Set(rows.map((row) => row.id))
    for (const id of written) if (shown.has(id) && ids.length < page.limit) ids.push(id)
    const last = written.at(-1)
    if (ids.length === page.limit || written.length < most || last === undefined) break
    if (ascending) above = last
    else below = last
    most = Math.min(most * 2, MOST_CANDIDATES)
  }
  return ascending ? ids.reverse() : ids
}

type Kept = { text: string; authors: AuthorSet }
const authorsKept = keptBy(
  () => new LRUCache<number, Kept>({ maxSize: 200_000, sizeCalculation: sizeOf, ttl: 10 * MINUTE }),
)
const sizeOf = ({ authors }: Kept) => authors.ids.length + 10

/** The set of those whose posts make the home; made anew when the list is not the same text as last time. */
function authorSetOf(app: App, me: number, followed: string | null): AuthorSet {
  const text = followed === null ? String(me) : `${followed},${me}`
  const kept = authorsKept(app)
  const known = kept.get(me)
  if (known?.text === text) return known.authors
  const authors = new AuthorSet(text.split(',').map(Number))
  kept.set(me, { text, authors })
  return authors
}
