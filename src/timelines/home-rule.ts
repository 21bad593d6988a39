import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import { idAt } from '#platform/ids.ts'
import { DAY } from '#platform/times.ts'
import { hiddenFrom, onBlockedHost } from '#relationships/hidden-from.ts'

/** A day, as a distance between ids. */
export const DAY_OF_IDS = idAt(DAY + Date.UTC(2010, 0, 1))

type Account = RawBuilder<unknown>

/** What a timeline of chosen authors counts as its own: whose answered posts and whose boosts belong in it. */
export type Circle = {
  /** SQL: whether answers to this account are shown. */
  answered(account: Account): RawBuilder<boolean>
  /** SQL: whether this account's own posts are in the timeline, so that a boost adds nothing. */
  writes(account: Account): RawBuilder<boolean>
  /** SQL: whether this account's boosts are. */
  boosts(account: Account): RawBuilder<boolean>
  /** SQL: whether this account's posts are left out, since its owner reads them elsewhere. */
  leavesOut(account: Account): RawBuilder<boolean>
}

/** SQL: whether `me` follows the account. */
export const followed = (me: RawBuilder<unknown>, account: Account, more = sql``) =>
  sql<boolean>`exists (select 1 from follow g where g.account_id = ${me} and g.target_id = ${account} ${more})`

const homeCircle = (me: RawBuilder<unknown>): Circle => ({
  answered: (account) => followed(me, account),
  writes: (account) => sql`(${account} = ${me} or ${followed(me, account)})`,
  boosts: (account) => sql`(${account} = ${me} or ${followed(me, account, sql`and g.show_reblogs = 1`)})`,
  leavesOut: (account) => sql`exists (select 1 from list_member x join list y on y.id = x.list_id
    where x.owner_id = ${me} and x.account_id = ${account} and y.exclusive = 1 and x.account_id <> ${me})`,
})

/**
 * Whether a post belongs in the home of `me`, as a condition over three rows: the post `s`, what it boosts `o`,
 * and the reader's follow of its author `f` (both may be missing). The one rule for pages and for streams, and with
 * another `circle` for lists. `hides` is true for members who block or mute anyone or any host or keep exclusive lists; the
 * others need not pay for looking.
 */
export function belongsInHome(
  me: RawBuilder<unknown>,
  day: RawBuilder<unknown>,
  hides: boolean,
  circle = homeCircle(me),
) {
  const hidden = sql`and not ${circle.leavesOut(sql`s.account_id`)}
    and not exists (
      select 1 from block b where (b.account_id = ${me} and b.target_id in (s.account_id, o.account_id))
        or (b.target_id = ${me} and b.account_id = o.account_id))
    and not exists (select 1 from mute m where m.account_id = ${me} and m.target_id in (s.account_id, o.account_id))
    and not exists (select 1 from account x where x.id in (s.account_id, o.account_id)
      and ${onBlockedHost(me, sql`x.host`)})
    and not exists (select 1 from mention n where n.status_id in (s.id, s.reblog_of_id) and (
      n.account_id in (select target_id from block where account_id = ${me})
      or n.account_id in (select target_id from mute where account_id = ${me})))`
  return sql<boolean>`(s.visibility in ('public', 'unlisted', 'private') or s.account_id = ${me}
      or exists (select 1 from mention n where n.status_id = s.id and n.account_id = ${me}))
    and s.in_reply_to_uri is null
    and (s.in_reply_to_account_id is null or s.in_reply_to_account_id in (s.account_id, ${me})
      or ${circle.answered(sql`s.in_reply_to_account_id`)})
    and (s.reblog_of_id is null or s.account_id = ${me} or f.show_reblogs = 1)
    and (s.reblog_of_id is null or (
      not (o.id > s.id - ${day} and ${circle.writes(sql`o.account_id`)})
      and not exists (
        select 1 from status b
        where b.reblog_of_id = s.reblog_of_id and b.id < s.id and b.id > s.id - ${day}
          and ${circle.boosts(sql`b.account_id`)})))
    and (f.languages is null or s.language is null or f.languages like '%"' || s.language || '"%')
    ${hides ? hidden : sql``}`
}

/**
 * SQL: whether a public post `s` belongs in the home of `me` for a hashtag they follow, whoever wrote it (surface l):
 * not their own, no boost, nobody hidden or limited among its author and those it mentions.
 */
export function belongsByTag(me: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(s.visibility = 'public' and s.reblog_of_id is null and s.account_id <> ${me}
    and exists (select 1 from status_tag t join tag_follow w on w.tag_id = t.tag_id
      where t.status_id = s.id and w.account_id = ${me})
    and exists (select 1 from account a where a.id = s.account_id and a.silenced_at is null
      and a.suspended_at is null and not ${hiddenFrom(me, { id: sql`a.id`, host: sql`a.host` })})
    and not exists (select 1 from mention n where n.status_id = s.id and (
      n.account_id in (select target_id from block where account_id = ${me})
      or n.account_id in (select target_id from mute where account_id = ${me}))))`
}
