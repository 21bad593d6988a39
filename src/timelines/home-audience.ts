import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { belongsInHome, DAY_OF_IDS } from './home-rule.ts'

const followersAmong = prepared<{ author: number; members: readonly number[] }, { id: number }>(
  (db, { author, members }, dialect) =>
    db
      .selectFrom('follow')
      .select('account_id as id')
      .where('target_id', '=', author)
      .where(dialect.among(sql`account_id`, members)),
)

const judged = prepared<{ id: number; members: readonly number[]; day: number }, { id: number }>(
  (_, { id, members, day }, dialect) => sql<{ id: number }>`
    select item.value as id from ${dialect.rowsOf(members)}
    join status s on s.id = ${id}
    left join follow f on f.account_id = item.value and f.target_id = s.account_id
    left join status o on o.id = s.reblog_of_id
    where ${belongsInHome(sql`item.value`, sql`${day}`, true)}`,
)

/** Whose home a status belongs in, of these members, by the rule that makes homes; a fixed number of queries. */
export async function homeAudience(
  app: App,
  status: Pick<StatusRow, 'id' | 'account_id'>,
  members: readonly number[],
): Promise<number[]> {
  if (members.length === 0) return []
  const followers = await followersAmong(app, { author: status.account_id, members })
  const able = followers.map((row) => row.id)
  if (members.includes(status.account_id)) able.push(status.account_id)
  if (able.length === 0) return []
  const rows = await judged(app, { id: status.id, members: able, day: DAY_OF_IDS })
  return rows.map((row) => row.id)
}
