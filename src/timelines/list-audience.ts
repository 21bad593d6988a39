import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { DAY_OF_IDS } from './home-rule.ts'
import { shownOnList } from './list-rule.ts'

/** A list on which a post is shown. */
export type Listed = { id: number; account_id: number }

type Ask = { id: number; lists: readonly number[]; day: number }
const judged = prepared<Ask, Listed>(
  (_, { id, lists, day }, dialect) => sql<Listed>`
    select l.id as id, l.account_id as account_id from ${dialect.rowsOf(lists)}
    join list l on l.id = item.value
    join status s on s.id = ${id}
    join list_member m on m.list_id = l.id and m.account_id = s.account_id
    left join follow f on f.account_id = l.account_id and f.target_id = s.account_id
    left join status o on o.id = s.reblog_of_id
    where ${shownOnList(sql`${day}`)}`,
)

/** On which of these lists a status is shown, in one query. */
export async function listAudience(
  app: App,
  status: Pick<StatusRow, 'id'>,
  lists: readonly number[],
): Promise<Listed[]> {
  return lists.length === 0 ? [] : judged(app, { id: status.id, lists, day: DAY_OF_IDS })
}
