import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import type { Circle } from './home-rule.ts'
import { belongsInHome, DAY_OF_IDS, followed } from './home-rule.ts'

/** A list on which a post is shown. */
export type Listed = { id: number; account_id: number }

const onList = (account: RawBuilder<unknown>) =>
  sql<boolean>`exists (select 1 from list_member x where x.list_id = l.id and x.account_id = ${account})`

/** What belongs on the list `l`: answers as its owner chose, and each post once among its own members. */
const listCircle: Circle = {
  answered: (account) => sql`(l.replies_policy = 'list' and ${onList(account)}
    or l.replies_policy = 'followed' and ${followed(sql`l.account_id`, account)})`,
  writes: onList,
  boosts: onList,
}

type Ask = { id: number; lists: readonly number[]; day: number }
const judged = prepared<Ask, Listed>(
  (_, { id, lists, day }, dialect) => sql<Listed>`
    select l.id as id, l.account_id as account_id from ${dialect.rowsOf(lists)}
    join list l on l.id = item.value
    join status s on s.id = ${id}
    join list_member m on m.list_id = l.id and m.account_id = s.account_id
    left join follow f on f.account_id = l.account_id and f.target_id = s.account_id
    left join status o on o.id = s.reblog_of_id
    where (f.id is not null or s.account_id = l.account_id)
      and ${belongsInHome(sql`l.account_id`, sql`${day}`, true, listCircle)}`,
)

/** On which of these lists a status is shown, in one query. */
export async function listAudience(
  app: App,
  status: Pick<StatusRow, 'id'>,
  lists: readonly number[],
): Promise<Listed[]> {
  return lists.length === 0 ? [] : judged(app, { id: status.id, lists, day: DAY_OF_IDS })
}
