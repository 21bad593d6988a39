import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Page } from '#platform/paging.ts'
import type { ListRow } from '#relationships/lists.ts'
import { AuthorSet } from './author-set.ts'
import { gather } from './gather.ts'
import { DAY_OF_IDS } from './home-rule.ts'
import { shownOnList } from './list-rule.ts'
import { writtenBy } from './written-by.ts'

const membersOf = prepared<{ list: number }, { authors: string | null }>(
  (_, { list }, dialect) => sql<{ authors: string | null }>`
    select ${dialect.textOf(sql`account_id`)} as authors from list_member where list_id = ${list}`,
)

const judging = prepared<{ list: number; day: number; ids: readonly number[] }, { id: number }>(
  (_, { list, day, ids }, dialect) => sql<{ id: number }>`
    select s.id as id from ${dialect.rowsOf(ids)}
    join status s on s.id = item.value
    join list l on l.id = ${list}
    join list_member m on m.list_id = l.id and m.account_id = s.account_id
    left join follow f on f.account_id = l.account_id and f.target_id = s.account_id
    left join status o on o.id = s.reblog_of_id
    where ${shownOnList(sql`${day}`)}`,
)

/** Ids of a page of what the list's members wrote and boosted, newest first, by the home's rules and the list's own. */
export async function listIds(app: App, list: ListRow, page: Page): Promise<number[]> {
  const authors = (await membersOf(app, { list: list.id }))[0]?.authors
  if (!authors) return []
  const set = new AuthorSet(authors.split(',').map(Number))
  return gather(page, {
    find: (span) => writtenBy(app, set, span),
    judge: (ids) => judging(app, { list: list.id, day: DAY_OF_IDS, ids }),
  })
}
