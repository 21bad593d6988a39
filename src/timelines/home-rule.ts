import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import { idAt } from '#platform/ids.ts'
import { DAY } from '#platform/times.ts'
import { onBlockedHost } from '#relationships/hidden-from.ts'

/** A day, as a distance between ids. */
export const DAY_OF_IDS = idAt(DAY + Date.UTC(2010, 0, 1))

/**
 * Whether a post belongs in the home of `me`, as a condition over three rows: the post `s`, what it boosts `o`,
 * and the reader's follow of its author `f` (both may be missing). The one rule for pages and for streams. `hides`
 * is true for members who block or mute anyone or any host; the others need not pay for looking.
 */
export function belongsInHome(me: RawBuilder<unknown>, day: RawBuilder<unknown>, hides: boolean) {
  const hidden = sql`and not exists (
      select 1 from block b where (b.account_id = ${me} and b.target_id in (s.account_id, o.account_id))
        or (b.target_id = ${me} and b.account_id = o.account_id))
    and not exists (select 1 from mute m where m.account_id = ${me} and m.target_id in (s.account_id, o.account_id))
    and not exists (select 1 from account x where x.id in (s.account_id, o.account_id)
      and ${onBlockedHost(me, sql`x.host`)})
    and not exists (select 1 from mention n where n.status_id in (s.id, s.reblog_of_id) and (
      n.account_id in (select target_id from block where account_id = ${me})
      or n.account_id in (select target_id from mute where account_id = ${me})))`
  const follows = (account: RawBuilder<unknown>, more = sql``) =>
    sql`exists (select 1 from follow g where g.account_id = ${me} and g.target_id = ${account} ${more})`
  return sql<boolean>`(s.visibility in ('public', 'unlisted', 'private') or s.account_id = ${me}
      or exists (select 1 from mention n where n.status_id = s.id and n.account_id = ${me}))
    and s.in_reply_to_uri is null
    and (s.in_reply_to_account_id is null or s.in_reply_to_account_id in (s.account_id, ${me})
      or ${follows(sql`s.in_reply_to_account_id`)})
    and (s.reblog_of_id is null or s.account_id = ${me} or f.show_reblogs = 1)
    and (s.reblog_of_id is null or (
      not (o.id > s.id - ${day} and (o.account_id = ${me} or ${follows(sql`o.account_id`)}))
      and not exists (
        select 1 from status b
        where b.reblog_of_id = s.reblog_of_id and b.id < s.id and b.id > s.id - ${day}
          and (b.account_id = ${me} or ${follows(sql`b.account_id`, sql`and g.show_reblogs = 1`)}))))
    and (f.languages is null or s.language is null or f.languages like '%"' || s.language || '"%')
    ${hides ? hidden : sql``}`
}
