import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import type { Page } from '#platform/paging.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import { hiddenFrom } from './hidden-from.ts'

export type RelationKind = 'followers' | 'following' | 'follow_request' | 'block' | 'mute' | 'endorsement'
type Row = { id: number; other: number; expires_at: number | null }
type Listed = Account & { mute_expires_at?: string | null }

/**
 * Accounts in some relation to one account, newest relation first; cursors are the relations' own ids. What others
 * keep is listed without those whom the reader does not see.
 */
export async function relatedAccounts(
  app: App,
  reader: Reader,
  kind: RelationKind,
  account: AccountRow,
  page: Page,
): Promise<{ accounts: Listed[]; first: number | null; last: number | null; found: number }> {
  const rows = await pageRows<Row>(queryFor(app, kind, account.id, reader.account?.id), 'r.id', page)
  const shown = await presentAccountsById(
    app,
    reader,
    rows.map((row) => row.other),
  )
  const accounts = rows.flatMap((row): Listed[] => {
    const one = shown.get(row.other)
    if (!one) return []
    return [kind === 'mute' ? { ...one, mute_expires_at: isoTimeOrNull(row.expires_at) } : one]
  })
  return { accounts, first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
}

const relations = {
  followers: { table: 'follow', mine: 'target_id', theirs: 'account_id' },
  following: { table: 'follow', mine: 'account_id', theirs: 'target_id' },
  follow_request: { table: 'follow_request', mine: 'target_id', theirs: 'account_id' },
  block: { table: 'block', mine: 'account_id', theirs: 'target_id' },
  mute: { table: 'mute', mine: 'account_id', theirs: 'target_id' },
  endorsement: { table: 'endorsement', mine: 'account_id', theirs: 'target_id' },
} as const
const shownToOthers = new Set<RelationKind>(['followers', 'following', 'endorsement'])

function queryFor(app: App, kind: RelationKind, id: number, readerId: number | undefined) {
  const { table, mine, theirs } = relations[kind]
  const other = sql.ref(`t.${theirs}`)
  const until = kind === 'mute' ? sql`t.expires_at` : sql`null`
  const standing = kind === 'mute' ? sql`and (t.expires_at is null or t.expires_at > ${app.now()})` : sql``
  const isOthers = readerId !== undefined && readerId !== id && shownToOthers.has(kind)
  const seen = isOthers ? sql`and not ${hiddenFrom(readerId, { id: sql`a.id`, host: sql`a.host` })}` : sql``
  // Both databases merge this into the page's own query, so that a page reads a page of rows.
  const rows = sql<Row>`(select t.id as id, ${other} as other, ${until} as expires_at
    from ${sql.table(table)} t join account a on a.id = ${other}
    where ${sql.ref(`t.${mine}`)} = ${id} and a.suspended_at is null ${standing} ${seen})`
  return app.db.selectFrom(rows.as('r')).selectAll()
}
