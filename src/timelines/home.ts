import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Page } from '#platform/paging.ts'
import { MINUTE } from '#platform/times.ts'
import { hidesAnyone } from '#relationships/hidden-from.ts'
import { AuthorSet } from './author-set.ts'
import { gather, merged } from './gather.ts'
import { belongsByTag, belongsInHome, DAY_OF_IDS } from './home-rule.ts'
import { taggedWith } from './tagged-with.ts'
import { writtenBy } from './written-by.ts'
import { newestArrivalOf } from './written-scan.ts'

type Sources = { authors: string | null; tags: string | null; hides: number; arrived: number | null }

/** Whose posts and which hashtags a home is made of, and whether its member or somebody for them hides anything. */
const sourcesOf = prepared<{ me: number }, Sources>(
  (_, { me }, dialect) => sql<Sources>`
    select (select ${dialect.textOf(sql`target_id`)} from follow where account_id = ${me}) as authors,
      (select ${dialect.textOf(sql`tag_id`)} from tag_follow where account_id = ${me}) as tags,
      case when ${hidesAnyone(sql`${me}`)}
        or exists (select 1 from list where account_id = ${me} and exclusive = 1) then 1 else 0 end as hides,
      ${newestArrivalOf(dialect)} as arrived`,
)

const judging = (hides: boolean, byTags: boolean) =>
  prepared<{ me: number; day: number; ids: readonly number[] }, { id: number }>(
    (_, { me, day, ids }, dialect) => sql<{ id: number }>`
      select s.id as id from ${dialect.rowsOf(ids)}
      join status s on s.id = item.value
      left join follow f on f.account_id = ${me} and f.target_id = s.account_id
      left join status o on o.id = s.reblog_of_id
      where ((s.account_id = ${me} or f.id is not null) and ${belongsInHome(sql`${me}`, sql`${day}`, hides)})
        ${byTags ? sql`or ${belongsByTag(sql`${me}`)}` : sql``}`,
  )
const judges = {
  authors: { plain: judging(false, false), hiding: judging(true, false) },
  tags: { plain: judging(false, true), hiding: judging(true, true) },
}

/** Ids of a page of the member's home, newest first: gathered when it is read (decision 0007). */
export async function homeIds(app: App, account: AccountRow, page: Page): Promise<number[]> {
  const me = account.id
  const sources = (await sourcesOf(app, { me }))[0] as Sources
  const authors = authorSetOf(app, me, sources.authors)
  const tags = sources.tags === null ? [] : sources.tags.split(',').map(Number)
  const run = judges[tags.length > 0 ? 'tags' : 'authors'][sources.hides ? 'hiding' : 'plain']
  const { arrived } = sources
  return gather(page, {
    find: async (span) => {
      const written = await writtenBy(app, authors, { ...span, arrived })
      return tags.length === 0 ? written : merged(written, await taggedWith(app, tags, span), span)
    },
    memory: authors,
    judge: (ids) => run(app, { me, day: DAY_OF_IDS, ids }),
  })
}

type Kept = { text: string; authors: AuthorSet }
const authorsKept = keptBy(
  () =>
    new LRUCache<number, Kept>({
      maxSize: 200_000,
      sizeCalculation: sizeOf,
      ttl: 10 * MINUTE,
      ttlResolution: 0,
    }),
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
