import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { roleOf } from '#auth/roles.ts'
import { userByAccount } from '#auth/users.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import type { NotificationType } from './kinds.ts'
import { kindOf } from './kinds.ts'
import type { Verdict } from './policy.ts'
import { decide, policyOf } from './policy.ts'

/** Somebody (`from`) is about to interrupt a member (`to`). */
export type Interruption = {
  to: AccountRow
  from: AccountRow
  type: NotificationType
  status: StatusRow | null
}

type Tie = { kind: 'blocked' | 'parted' | 'muted' | 'following' | 'followed' | 'permitted'; since: number }

type Pair = { to: number; from: number; host: string; conversation: number; now: number }
const ties = prepared<Pair, Tie>(
  (_db, { to, from, host, conversation, now }) => sql<Tie>`
    select 'blocked' as kind, created_at as since from block where account_id = ${to} and target_id = ${from}
    union all select 'blocked', created_at from block where account_id = ${from} and target_id = ${to}
    union all select 'parted', created_at from account_domain_block
      where account_id = ${to} and domain = ${host}
    union all select 'muted', created_at from mute where account_id = ${to} and target_id = ${from}
      and hide_notifications = 1 and (expires_at is null or expires_at > ${now})
    union all select 'muted', created_at from conversation_mute
      where account_id = ${to} and conversation_id = ${conversation}
    union all select 'following', created_at from follow where account_id = ${to} and target_id = ${from}
    union all select 'followed', created_at from follow where account_id = ${from} and target_id = ${to}
    union all select 'permitted', created_at from notification_permission
      where account_id = ${to} and from_account_id = ${from}`,
)

/**
 * Whether `from` may interrupt `to` for this reason. Never through a block, a mute, or about a post that `to`
 * may not see; where the member's policy has a say, it decides between passing, waiting apart and nothing.
 */
export async function judge(app: App, about: Interruption): Promise<Verdict> {
  const { to, from, type, status } = about
  const kind = kindOf(type)
  // Whoever is suspended is to find the reason when they come back.
  if (to.suspended_at !== null && type !== 'moderation_warning') return 'drop'
  if (to.id === from.id) return kind.ofOneself ? 'accept' : 'drop'
  if (from.suspended_at !== null) return 'drop'
  const conversation = status?.conversation_id ?? 0
  const known = await ties(app, { to: to.id, from: from.id, host: from.host, conversation, now: app.now() })
  const has = (one: Tie['kind']) => known.some((tie) => tie.kind === one)
  // A blocked host is silent, but for somebody there who is followed nevertheless.
  if (has('parted') && !has('following')) return 'drop'
  const unwanted = has('blocked') || has('muted') || (await isUnwanted(app, about))
  if (unwanted && !(isMessage(type) && (await outranks(app, from, to)))) return 'drop'
  if (status && !(await mayRead(app, to, status))) return 'drop'
  if (!kind.filterable || has('permitted')) return 'accept'
  const following = has('following')
  return decide(await policyOf(app, to.id), {
    following,
    followedSince: known.find((tie) => tie.kind === 'followed')?.since ?? null,
    senderSince: from.created_at,
    senderLimited: from.silenced_at !== null,
    senderBot: from.bot === 1,
    unasked: !following && (await isUnasked(app, about)),
    now: app.now(),
  })
}

const isMessage = (type: NotificationType) => type === 'mention' || type === 'quote'

async function mayRead(app: App, to: AccountRow, status: StatusRow): Promise<boolean> {
  const author = await app.db.selectFrom('account').selectAll().where('id', '=', status.account_id).execute()
  return maySee(await standingTo(app, to, [status], author), status)
}

/** A message that mentions or answers somebody whom the receiver blocked or muted is noise to them (BLK-09). */
async function isUnwanted(app: App, { to, type, status }: Interruption): Promise<boolean> {
  if (!isMessage(type) || !status) return false
  const others = { status: status.id, parent: status.in_reply_to_account_id ?? 0, to: to.id, now: app.now() }
  return (await unwantedIn(app, others)).length > 0
}

type Others = { status: number; parent: number; to: number; now: number }
const unwantedIn = prepared<Others, { id: number }>(
  (_db, { status, parent, to, now }) => sql<{ id: number }>`
    with other(id) as (
      select account_id from mention where status_id = ${status} and silent = 0
      union select id from account where id = ${parent})
    select block.id as id from block join other on other.id = block.target_id where block.account_id = ${to}
    union all select mute.id from mute join other on other.id = mute.target_id where mute.account_id = ${to}
      and hide_notifications = 1 and (expires_at is null or expires_at > ${now})`,
)

/** How far up a thread we look for a private mention that is being answered. */
const MOST_HOPS = 100

/** Whether this is a private mention that answers no private mention of `to` to `from` further up. */
async function isUnasked(app: App, { to, from, type, status }: Interruption): Promise<boolean> {
  if (type !== 'mention' || status?.visibility !== 'direct') return false
  if (status.in_reply_to_id === null) return true
  const asked = await askedAbove(app, { start: status.in_reply_to_id, to: to.id, from: from.id })
  return asked.length === 0
}

const askedAbove = prepared<{ start: number; to: number; from: number }, { id: number }>(
  (_db, { start, to, from }) => sql<{ id: number }>`
    with recursive above(id, parent, hops) as (
      select id, in_reply_to_id, 0 from status where id = ${start}
      union all select status.id, status.in_reply_to_id, above.hops + 1
        from above join status on status.id = above.parent where above.hops < ${sql.lit(MOST_HOPS)})
    select status.id as id from above join status on status.id = above.id
      join mention on mention.status_id = status.id and mention.account_id = ${from} and mention.silent = 0
    where status.account_id = ${to} and status.visibility = 'direct' limit 1`,
)

/** Whether `from` is staff that shows it and stands above `to`: their messages pass blocks. */
async function outranks(app: App, from: AccountRow, to: AccountRow): Promise<boolean> {
  if (from.domain_id === null || from.domain_id !== to.domain_id) return false
  const [staff, member] = [await userByAccount(app, from.id), await userByAccount(app, to.id)]
  if (!staff || !member || staff.role_id === null) return false
  const [above, below] = [await roleOf(app, staff), await roleOf(app, member)]
  return above.highlighted === 1 && above.position > below.position
}
