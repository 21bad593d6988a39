import type { SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Page } from '../paging.ts'

type Pageable<Row> = Pick<SelectQueryBuilder<never, never, Row>, 'execute'>

/**
 * One page of a query, newest first: `max_id` strictly older; `since_id` strictly newer, the newest page;
 * `min_id` strictly newer, the page right after the cursor (surface g).
 */
export async function pageRows<Row>(query: Pageable<unknown>, column: string, page: Page): Promise<Row[]> {
  let bounded = query as SelectQueryBuilder<never, never, Row>
  const id = sql.ref(column)
  if (page.maxId !== null) bounded = bounded.where(sql<boolean>`${id} < ${page.maxId}`)
  if (page.sinceId !== null) bounded = bounded.where(sql<boolean>`${id} > ${page.sinceId}`)
  if (page.minId !== null) bounded = bounded.where(sql<boolean>`${id} > ${page.minId}`)
  const ascending = page.minId !== null
  const rows = await bounded
    .orderBy(id, ascending ? 'asc' : 'desc')
    .limit(page.limit)
    .execute()
  return ascending ? rows.reverse() : rows
}
