import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import type { Page } from '#platform/paging.ts'
import { hiddenFrom } from '#relationships/hidden-from.ts'
import type { StatusRow } from './statuses.ts'

type Ends = { first: number | null; last: number | null; found: number }

/** Statuses an account marked, newest mark first; cursors are the marks' own ids (surface g). */
export async function markedStatusIds(
  app: App,
  kind: 'favourite' | 'bookmark',
  account: AccountRow,
  page: Page,
): Promise<Ends & { statusIds: number[] }> {
  const query = app.db.selectFrom(kind).select(['id', 'status_id']).where('account_id', '=', account.id)
  const rows = await pageRows<{ id: number; status_id: number }>(query, 'id', page)
  return { ...ends(rows), statusIds: rows.map((row) => row.status_id) }
}

/** Who marked or boosted a status, newest first. */
export async function accountsWhoMarked(
  app: App,
  reader: Reader,
  kind: 'favourite' | 'reblog',
  status: StatusRow,
  page: Page,
): Promise<Ends & { accounts: Account[] }> {
  const open = unhidden(
    reader,
    status,
    kind === 'favourite' ? sql`favourite.account_id` : sql`status.account_id`,
  )
  const query =
    kind === 'favourite'
      ? app.db
          .selectFrom('favourite')
          .select(['id', 'account_id'])
          .where('status_id', '=', status.id)
          .where(open)
      : app.db
          .selectFrom('status')
          .select(['id', 'account_id'])
          .where('reblog_of_id', '=', status.id)
          .where('visibility', 'in', ['public', 'unlisted'])
          .where(open)
  const rows = await pageRows<{ id: number; account_id: number }>(query, 'id', page)
  const shown = await presentAccountsById(
    app,
    reader,
    rows.map((row) => row.account_id),
  )
  const accounts = rows.flatMap((row) => shown.get(row.account_id) ?? []).filter((each) => !each.suspended)
  return { ...ends(rows), accounts }
}

/** Statuses that quote a status, newest quote first; only its author finds those that are not for everybody. */
export async function quotingStatusIds(
  app: App,
  reader: AccountRow,
  status: StatusRow,
  page: Page,
): Promise<Ends & { statusIds: number[] }> {
  const author = { id: sql`account.id`, host: sql`account.host` }
  const all = app.db
    .selectFrom('quote')
    .innerJoin('status', 'status.id', 'quote.status_id')
    .innerJoin('account', 'account.id', 'quote.account_id')
    .select(['quote.id', 'quote.status_id'])
    .where('quote.quoted_id', '=', status.id)
    .where('quote.state', '=', 'accepted')
    .where(({ not }) => not(hiddenFrom(reader.id, author)))
  const isOwn = status.account_id === reader.id
  const query = isOwn ? all : all.where('status.visibility', 'in', ['public', 'unlisted'])
  const rows = await pageRows<{ id: number; status_id: number }>(query, 'quote.id', page)
  return { ...ends(rows), statusIds: rows.map((row) => row.status_id) }
}

/** Whose marks a reader sees: not of those they and the reader hide from each other, unless it is their own status. */
function unhidden({ account }: Reader, status: StatusRow, who: RawBuilder<unknown>): RawBuilder<boolean> {
  if (!account || account.id === status.account_id) return sql<boolean>`1 = 1`
  return sql<boolean>`not exists (select 1 from block b where (b.account_id = ${account.id} and b.target_id = ${who})
      or (b.target_id = ${account.id} and b.account_id = ${who}))
    and not exists (select 1 from mute m where m.account_id = ${account.id} and m.target_id = ${who})`
}

function ends(rows: { id: number }[]): Ends {
  return { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
}
