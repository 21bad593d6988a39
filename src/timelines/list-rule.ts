import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Circle } from './home-rule.ts'
import { belongsInHome, followed } from './home-rule.ts'

const onList = (account: RawBuilder<unknown>) =>
  sql<boolean>`exists (select 1 from list_member x where x.list_id = l.id and x.account_id = ${account})`

/** What belongs on the list `l`: answers as its owner chose, and each post once among its own members. */
const listCircle: Circle = {
  answered: (account) => sql`(l.replies_policy = 'list' and ${onList(account)}
    or l.replies_policy = 'followed' and ${followed(sql`l.account_id`, account)})`,
  writes: onList,
  boosts: onList,
  leavesOut: () => sql`1 = 0`,
}

/**
 * SQL: whether a post is shown on the list `l`, over the rows `s`, `o` and `f` as in `belongsInHome` with the list's
 * owner as the reader, but nothing direct: that is for the home and the conversations. The one rule for pages and for streams.
 */
export function shownOnList(day: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(f.id is not null or s.account_id = l.account_id) and s.visibility <> 'direct'
    and ${belongsInHome(sql`l.account_id`, day, true, listCircle)}`
}
