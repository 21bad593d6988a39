import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY, HOUR } from '#platform/times.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import { mayInterrupt } from './gate.ts'
import type { NotificationRow, NotificationType } from './notifications.ts'

const Id = z.number().int()
/** A pair that follows, unfollows and follows again is told of once in this time (LOOP-12, SPAM-07). */
const AGAIN_AFTER = HOUR
const GROUP_SPAN = 12 * HOUR
/** How many followers who asked to be told hear of one post. */
const MOST_SUBSCRIBERS = 5000

type Reason = { to: number; from: number; type: NotificationType; status?: StatusRow | null }

/** Puts down one notification, if its receiver is ours and may be interrupted; the same reason twice is one. */
async function tell(app: App, reason: Reason): Promise<void> {
  if (reason.to === reason.from) return
  const [to, from] = [await accountById(app, reason.to), await accountById(app, reason.from)]
  if (!to || !from || to.domain_id === null) return
  const status = reason.status ?? null
  if (!(await mayInterrupt(app, to, from, reason.type, status))) return
  await app.inTransaction(async (tx) => {
    if (await alreadyTold(tx, reason, status)) return
    const id = tx.newId()
    const row: NotificationRow = {
      id,
      account_id: to.id,
      from_account_id: from.id,
      type: reason.type,
      status_id: status?.id ?? null,
      group_key: groupKey(reason.type, status, id, tx.now()),
      created_at: tx.now(),
    }
    await tx.db.insertInto('notification').values(row).execute()
    const message = { accountId: to.id, notificationId: id }
    tx.afterCommit(() => app.events.publish('notification', message))
  })
}

async function alreadyTold(tx: App, reason: Reason, status: StatusRow | null): Promise<boolean> {
  const query = tx.db
    .selectFrom('notification')
    .select('id')
    .where('account_id', '=', reason.to)
    .where('from_account_id', '=', reason.from)
    .where('type', '=', reason.type)
  if (status) return (await query.where('status_id', '=', status.id).executeTakeFirst()) !== undefined
  return (await query.where('created_at', '>', tx.now() - AGAIN_AFTER).executeTakeFirst()) !== undefined
}

function groupKey(type: NotificationType, status: StatusRow | null, id: number, now: number): string {
  if (type === 'follow') return `follow-${Math.floor(now / GROUP_SPAN)}`
  if ((type === 'favourite' || type === 'reblog') && status)
    return `${type}-${status.id}-${Math.floor(now / GROUP_SPAN)}`
  return `ungrouped-${id}`
}

export const notifyMentioned = job({
  name: 'notify mentioned',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id }),
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status || isOld(app, status)) return
    const rows = await app.db
      .selectFrom('mention')
      .innerJoin('account', 'account.id', 'mention.account_id')
      .select('account.id')
      .where('status_id', '=', status.id)
      .where('silent', '=', 0)
      .where('account.domain_id', 'is not', null)
      .execute()
    for (const { id } of rows) await tell(app, { to: id, from: status.account_id, type: 'mention', status })
  },
})

export const notifySubscribers = job({
  name: 'notify subscribers',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id }),
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status || isOld(app, status) || status.visibility === 'direct' || status.visibility === 'limited')
      return
    if (status.in_reply_to_account_id !== null && status.in_reply_to_account_id !== status.account_id) return
    const rows = await app.db
      .selectFrom('follow')
      .select('account_id')
      .where('target_id', '=', status.account_id)
      .where('notify', '=', 1)
      .limit(MOST_SUBSCRIBERS)
      .execute()
    for (const row of rows)
      await tell(app, { to: row.account_id, from: status.account_id, type: 'status', status })
  },
})

/** What arrives late (imports, filled-in threads) interrupts nobody. */
function isOld(app: App, status: StatusRow): boolean {
  return status.created_at < app.now() - DAY
}

const Marked = z.object({ statusId: Id, accountId: Id })

/** Declares the job that tells an author what another did to a status. */
function notifyAuthor(name: string, type: NotificationType) {
  return job({
    name,
    queue: 'local',
    tries: 5,
    payload: Marked,
    async run(app, { statusId, accountId }) {
      const status = await statusById(app, statusId)
      if (status) await tell(app, { to: status.account_id, from: accountId, type, status })
    },
  })
}
export const notifyFavourited = notifyAuthor('notify favourited', 'favourite')
export const notifyReblogged = notifyAuthor('notify reblogged', 'reblog')

const Relation = z.object({ accountId: Id, targetId: Id })

function notifyTarget(name: string, type: NotificationType) {
  return job({
    name,
    queue: 'local',
    tries: 5,
    payload: Relation,
    async run(app, { accountId, targetId }) {
      await tell(app, { to: targetId, from: accountId, type })
    },
  })
}
export const notifyFollowed = notifyTarget('notify followed', 'follow')
export const notifyFollowRequested = notifyTarget('notify follow requested', 'follow_request')

export const notifyBoosters = job({
  name: 'notify boosters of an edit',
  queue: 'local',
  tries: 5,
  payload: z.object({ statusId: Id }),
  async run(app, { statusId }) {
    const status = await statusById(app, statusId)
    if (!status) return
    const rows = await app.db
      .selectFrom('status')
      .innerJoin('account', 'account.id', 'status.account_id')
      .select('account.id')
      .where('status.reblog_of_id', '=', statusId)
      .where('account.domain_id', 'is not', null)
      .execute()
    for (const { id } of rows) await tell(app, { to: id, from: status.account_id, type: 'update', status })
  },
})

export const notifySignedUp = job({
  name: 'notify staff of a sign-up',
  queue: 'local',
  tries: 5,
  payload: z.object({ accountId: Id }),
  async run(app, { accountId }) {
    const newcomer = await accountById(app, accountId)
    if (!newcomer) return
    for (const staff of await staffOf(app, newcomer)) {
      await tell(app, { to: staff.id, from: newcomer.id, type: 'admin.sign_up' })
    }
  },
})

async function staffOf(app: App, newcomer: AccountRow): Promise<AccountRow[]> {
  const rows = await app.db
    .selectFrom('user')
    .innerJoin('role', 'role.id', 'user.role_id')
    .select(['user.account_id', 'role.permissions'])
    .where('user.domain_id', '=', newcomer.domain_id ?? 0)
    .execute()
  const ADMINISTRATOR = 0x1
  const MANAGE_USERS = 0x400
  const staff = rows.filter((row) => (row.permissions & (ADMINISTRATOR | MANAGE_USERS)) !== 0)
  return [
    ...(
      await accountsByIds(
        app,
        staff.map((row) => row.account_id),
      )
    ).values(),
  ]
}
