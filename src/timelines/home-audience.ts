import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { belongsByTag, belongsInHome, DAY_OF_IDS } from './home-rule.ts'

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

const judgedByTag = prepared<{ id: number; members: readonly number[] }, { id: number }>(
  (_, { id, members }, dialect) => sql<{ id: number }>`
    select distinct w.account_id as id from status_tag t
    join tag_follow w on w.tag_id = t.tag_id
    join status s on s.id = t.status_id
    where t.status_id = ${id} and ${dialect.among(sql`w.account_id`, members)}
      and ${belongsByTag(sql`w.account_id`)}`,
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
  const byAuthor = able.length > 0 ? await judged(app, { id: status.id, members: able, day: DAY_OF_IDS }) : []
  const byTag = await judgedByTag(app, { id: status.id, members })
  return [...new Set([...byAuthor, ...byTag].map((row) => row.id))]
}
