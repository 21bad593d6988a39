import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'

/** Where a filter counts; clients apply it there. */
export const contexts = ['home', 'notifications', 'public', 'thread', 'account'] as const
export type FilterContext = (typeof contexts)[number]
/** What a client does with what is filtered: fold it, leave it out, or hide its pictures. */
export const filterActions = ['warn', 'hide', 'blur'] as const
export type FilterAction = (typeof filterActions)[number]

/** What a member asked not to see; `context` holds words with blanks between them. */
export type FilterRow = {
  id: number
  account_id: number
  title: string
  context: string
  action: FilterAction
  expires_at: number | null
  created_at: number
  updated_at: number
}

/** A word or phrase of a filter. */
export type FilterKeywordRow = {
  id: number
  filter_id: number
  keyword: string
  whole_word: number
  created_at: number
  updated_at: number
}

/** One status that a filter is about. */
export type FilterStatusRow = { id: number; filter_id: number; status_id: number; created_at: number }

export type FilterTables = {
  custom_filter: FilterRow
  filter_keyword: FilterKeywordRow
  filter_status: FilterStatusRow
}

/** A filter with all that belongs to it. */
export type WholeFilter = FilterRow & { keywords: FilterKeywordRow[]; statuses: FilterStatusRow[] }

type Owner = Pick<AccountRow, 'id'>

/** The filters of these accounts with their keywords and statuses, oldest first; one query where there are none. */
export async function filtersOfAccounts(app: App, accountIds: readonly number[]): Promise<WholeFilter[]> {
  if (accountIds.length === 0) return []
  const filters = await app.db
    .selectFrom('custom_filter')
    .selectAll()
    .where(app.dialect.among(sql`account_id`, accountIds))
    .orderBy('id')
    .execute()
  return withParts(app, filters)
}

/** A filter of the account by its id; throws `notFound` for nobody's and for other people's. */
export async function ownFilter(app: App, owner: Owner, id: string): Promise<FilterRow> {
  const row = await app.db
    .selectFrom('custom_filter')
    .selectAll()
    .where('id', '=', readId(id) ?? -1)
    .where('account_id', '=', owner.id)
    .executeTakeFirst()
  if (!row) throw notFound()
  return row
}

/** One filter with its keywords and statuses. */
export async function wholeFilter(app: App, filter: FilterRow): Promise<WholeFilter> {
  const [whole] = await withParts(app, [filter])
  return whole as WholeFilter
}

/** A keyword of one of the account's filters, and that filter; throws `notFound` for other people's. */
export async function ownKeyword(
  app: App,
  owner: Owner,
  id: string,
): Promise<{ keyword: FilterKeywordRow; filter: FilterRow }> {
  const number = readId(id) ?? -1
  const query = app.db.selectFrom('filter_keyword').selectAll().where('id', '=', number)
  const keyword = await query.executeTakeFirst()
  if (!keyword) throw notFound()
  return { keyword, filter: await ownFilter(app, owner, String(keyword.filter_id)) }
}

/** A status entry of one of the account's filters, and that filter; throws `notFound` for other people's. */
export async function ownFilterStatus(
  app: App,
  owner: Owner,
  id: string,
): Promise<{ entry: FilterStatusRow; filter: FilterRow }> {
  const number = readId(id) ?? -1
  const entry = await app.db
    .selectFrom('filter_status')
    .selectAll()
    .where('id', '=', number)
    .executeTakeFirst()
  if (!entry) throw notFound()
  return { entry, filter: await ownFilter(app, owner, String(entry.filter_id)) }
}

async function withParts(app: App, filters: FilterRow[]): Promise<WholeFilter[]> {
  if (filters.length === 0) return []
  const ids = filters.map((filter) => filter.id)
  const among = app.dialect.among(sql`filter_id`, ids)
  const keywords = await app.db.selectFrom('filter_keyword').selectAll().where(among).orderBy('id').execute()
  const statuses = await app.db.selectFrom('filter_status').selectAll().where(among).orderBy('id').execute()
  const byFilter = new Map(
    filters.map((filter): [number, WholeFilter] => [filter.id, { ...filter, keywords: [], statuses: [] }]),
  )
  for (const row of keywords) byFilter.get(row.filter_id)?.keywords.push(row)
  for (const row of statuses) byFilter.get(row.filter_id)?.statuses.push(row)
  return [...byFilter.values()]
}
