import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import type { Page } from '#platform/paging.ts'
import { isoTimeOrNull } from '#platform/times.ts'

export type RelationKind = 'followers' | 'following' | 'follow_request' | 'block' | 'mute'
type Row = { id: number; other: number; expires_at: number | null }
type Listed = Account & { mute_expires_at?: string | null }

/** Accounts in some relation to one account, newest relation first; cursors are the relations' own ids. */
export async function relatedAccounts(
  app: App,
  reader: Reader,
  kind: RelationKind,
  account: AccountRow,
  page: Page,
): Promise<{ accounts: Listed[]; first: number | null; last: number | null; found: number }> {
  const rows = await pageRows<Row>(queryFor(app, kind, account.id), 'id', page)
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

function queryFor(app: App, kind: RelationKind, id: number) {
  const never = sql<number | null>`null`.as('expires_at')
  switch (kind) {
    case 'followers':
      return app.db
        .selectFrom('follow')
        .select(['id', 'account_id as other', never])
        .where('target_id', '=', id)
    case 'following':
      return app.db
        .selectFrom('follow')
        .select(['id', 'target_id as other', never])
        .where('account_id', '=', id)
    case 'follow_request':
      return app.db
        .selectFrom('follow_request')
        .select(['id', 'account_id as other', never])
        .where('target_id', '=', id)
    case 'block':
      return app.db
        .selectFrom('block')
        .select(['id', 'target_id as other', never])
        .where('account_id', '=', id)
    case 'mute':
      return app.db
        .selectFrom('mute')
        .select(['id', 'target_id as other', 'expires_at'])
        .where('account_id', '=', id)
        .where(sql<boolean>`(expires_at is null or expires_at > ${app.now()})`)
  }
}
