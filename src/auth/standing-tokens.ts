import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

const standing = prepared<{ ids: readonly number[] }, { id: number }>((db, { ids }, dialect) =>
  db
    .selectFrom('token')
    .innerJoin('user', 'user.id', 'token.user_id')
    .innerJoin('account', 'account.id', 'user.account_id')
    .select('token.id')
    .where(dialect.among(sql`token.id`, ids))
    .where('token.revoked_at', 'is', null)
    .where('user.disabled_at', 'is', null)
    .where('user.approved_at', 'is not', null)
    .where('user.confirmed_at', 'is not', null)
    .where('account.suspended_at', 'is', null),
)

/** Which of these tokens are still good, and their members may still act. */
export async function standingTokens(app: App, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  return new Set((await standing(app, { ids: [...new Set(ids)] })).map((row) => row.id))
}
