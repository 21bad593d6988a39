import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { AccountRow } from './accounts.ts'

const waiting = prepared<{ id: number }, { id: number }>((db, { id }) =>
  db
    .selectFrom('user')
    .select('id')
    .where('account_id', '=', id)
    .where((row) => row.or([row('approved_at', 'is', null), row('confirmed_at', 'is', null)])),
)

/** The account, or undefined when it has ended or while its member waits to be let in: then there is nobody of that name. */
export async function letIn(app: App, account: AccountRow | undefined): Promise<AccountRow | undefined> {
  if (!account || account.deleted_at !== null) return undefined
  if (account.domain_id === null) return account
  return (await waiting(app, { id: account.id })).length > 0 ? undefined : account
}

/** The ids of all who wait to be let in, for `not in`. */
export function waitingIds(app: App) {
  return app.db
    .selectFrom('user')
    .select('account_id')
    .where((row) => row.or([row('approved_at', 'is', null), row('confirmed_at', 'is', null)]))
}

/** Which of these accounts wait to be let in. */
export async function waitingAmong(app: App, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await waitingIds(app).where('account_id', 'in', ids).execute()
  return new Set(rows.map((row) => row.account_id))
}
