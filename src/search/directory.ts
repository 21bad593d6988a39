import { sql } from 'kysely'
import type { Account } from '#accounts/present-account.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { hiddenFrom } from '#relationships/hidden-from.ts'
import { mayBeShown } from './may-be-shown.ts'

export type DirectoryAsk = { order: 'active' | 'new'; local: boolean; offset: number; limit: number }

/** Accounts that wish to be found: those who wrote last first, or the newest; without those the reader does not see. */
export async function directory(app: App, reader: Reader, ask: DirectoryAsk): Promise<Account[]> {
  const me = reader.account?.id
  const seen = me === undefined ? sql`` : sql`and not ${hiddenFrom(me, { id: sql`a.id`, host: sql`a.host` })}`
  const place = ask.local ? sql`and a.domain_id = ${reader.domain.id}` : sql``
  const order = ask.order === 'new' ? sql`a.id desc` : sql`coalesce(a.last_status_at, 0) desc, a.id desc`
  const found = await sql<{ id: number }>`
    select a.id as id from account a where ${mayBeShown} ${place} ${seen}
    order by ${order} limit ${ask.limit} offset ${ask.offset}`.execute(app.db)
  const ids = found.rows.map((row) => row.id)
  const shown = await presentAccountsById(app, reader, ids)
  return ids.flatMap((id) => shown.get(id) ?? [])
}
