import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** SQL: whether the host is one that `me` wants nothing of. Hosts match whole; ours cannot be blocked. */
export function onBlockedHost(
  me: number | RawBuilder<unknown>,
  host: RawBuilder<unknown>,
): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select 1 from account_domain_block h where h.account_id = ${me} and h.domain = ${host})`
}

/**
 * SQL: whether anybody or any host is hidden from `me` at all. It looks at no row, so it is answered once a query, and
 * whoever hides nobody need not pay for looking at each.
 */
export function hidesAnyone(me: number | RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(exists (select 1 from block where account_id = ${me})
    or exists (select 1 from block where target_id = ${me})
    or exists (select 1 from mute where account_id = ${me})
    or exists (select 1 from account_domain_block where account_id = ${me}))`
}

/**
 * SQL: whether the account with this id and host is hidden from `me`: one blocks the other, `me` mutes it, or its
 * host is blocked. A mute counts until its row is cleared away.
 */
export function hiddenFrom(
  me: number | RawBuilder<unknown>,
  account: { id: RawBuilder<unknown>; host: RawBuilder<unknown> },
): RawBuilder<boolean> {
  const { id, host } = account
  return sql<boolean>`(
    exists (select 1 from block h where h.account_id = ${me} and h.target_id = ${id})
    or exists (select 1 from block h where h.account_id = ${id} and h.target_id = ${me})
    or exists (select 1 from mute h where h.account_id = ${me} and h.target_id = ${id})
    or ${onBlockedHost(me, host)})`
}

const hidden = prepared<{ me: number; ids: readonly number[] }, { id: number }>(
  (_, { me, ids }, dialect) => sql<{ id: number }>`
    select a.id as id from account a where ${dialect.among(sql`a.id`, ids)}
      and ${hiddenFrom(me, { id: sql`a.id`, host: sql`a.host` })}`,
)

/** Which of these accounts are hidden from `me`. */
export async function hiddenAmong(app: App, me: number, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  return new Set((await hidden(app, { me, ids: [...new Set(ids)] })).map((row) => row.id))
}
