import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import type { UserRow } from '#auth/users.ts'
import { userById } from '#auth/users.ts'
import * as happenings from '#happenings.ts'
import { siteOf } from '#instance/site.ts'
import type { HttpAnswer } from '#platform/http-client.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import type { Task } from '#platform/jobs/declare.ts'
import { job, now } from '#platform/jobs/declare.ts'
import { Drop, LaneFault } from '#platform/jobs/faults.ts'
import { sendPush } from '#platform/push-service.ts'
import { stamped } from '#platform/sealed-text.ts'
import { DAY, SECOND } from '#platform/times.ts'
import { followOf } from '#relationships/relationships.ts'
import { knownTypes } from './kinds.ts'
import type { NotificationRow } from './notifications.ts'
import { notificationById } from './notifications.ts'
import { presentNotification } from './present-notification.ts'
import { writePush } from './push-message.ts'
import type { PushSubscriptionRow } from './push-subscriptions.ts'
import { alertsOf, dropPush, pushSubscriptionById, pushSubscriptionsOf } from './push-subscriptions.ts'

/** What is older is no news to anybody. */
const NEWS_FOR = 2 * DAY
const TRIES = 5
/** What a stamped address of a subscription is for. */
export const UNSUBSCRIBE = 'push unsubscribe'

const Id = z.number().int()

/** Owes a push to each device of a member that wants to hear of a notification; what is held back is never pushed. */
export const pushNotified = job({
  name: 'push a notification',
  queue: 'local',
  tries: TRIES,
  payload: happenings.notified.payload,
  async run(app, { notificationId, accountId, filtered }) {
    if (filtered || !app.config.vapid) return
    const subscriptions = await pushSubscriptionsOf(app, accountId)
    if (subscriptions.length === 0) return
    const notification = await notificationById(app, accountId, notificationId)
    if (!notification) return
    for (const each of subscriptions) {
      if (!(await wants(app, each, notification))) continue
      await app.inTransaction((tx) =>
        tx.later(
          pushOne,
          { subscriptionId: each.id, notificationId },
          {
            lane: new URL(each.endpoint).host,
            unique: `push ${each.id} ${notificationId}`,
            expiresAt: notification.created_at + NEWS_FOR,
          },
        ),
      )
    }
  },
})

async function wants(app: App, row: PushSubscriptionRow, notification: NotificationRow): Promise<boolean> {
  const [type] = knownTypes([notification.type])
  if (!type || !alertsOf(row)[type]) return false
  const { account_id: me, from_account_id: them } = notification
  if (row.policy === 'followed') return (await followOf(app, me, them)) !== undefined
  if (row.policy === 'follower') return (await followOf(app, them, me)) !== undefined
  return row.policy !== 'none'
}

/** Pushes one notification to one device. */
export const pushOne = job({
  name: 'push to one device',
  queue: 'push',
  tries: TRIES,
  payload: z.object({ subscriptionId: Id, notificationId: Id }),
  async run(app, { subscriptionId, notificationId }, task) {
    const row = await pushSubscriptionById(app, subscriptionId)
    const told = row && (await load(app, row, notificationId))
    if (!row || !told || !app.config.vapid) throw new Drop('nobody to push to, or nothing to say')
    const answer = await send(app, row, told, task)
    await settle(app, row, answer, task)
  },
})

type Told = { user: UserRow; account: AccountRow; domain: HostedDomain; text: string }

async function load(app: App, row: PushSubscriptionRow, notificationId: number): Promise<Told | null> {
  const notification = await notificationById(app, row.account_id, notificationId)
  if (!notification || notification.created_at < app.now() - NEWS_FOR) return null
  const user = await userById(app, row.user_id)
  const account = await accountById(app, row.account_id)
  const domain = user && app.domains.byId(user.domain_id)
  if (!user || !account || !domain || account.suspended_at !== null || user.disabled_at !== null) return null
  const shown = await presentNotification(app, { domain, account }, notification)
  return shown && { user, account, domain, text: writePush(app, row, user, shown) }
}

async function send(app: App, row: PushSubscriptionRow, told: Told, task: Task): Promise<HttpAnswer> {
  const vapid = app.config.vapid as NonNullable<typeof app.config.vapid>
  const { origin, id } = told.domain
  const { contact_email: contact } = await siteOf(app, id)
  const stop = stamped(vapid.privateKey, UNSUBSCRIBE, String(row.id))
  try {
    return await sendPush(app, {
      to: { endpoint: row.endpoint, p256dh: row.p256dh, auth: row.auth, standard: row.standard === 1 },
      text: told.text,
      vapid,
      contact: contact ? `mailto:${contact}` : `${origin}/`,
      unsubscribeUrl: `${origin}/api/web/push_subscriptions/${stop}`,
    })
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    if (task.attempts >= TRIES) throw new Drop(error.reason)
    if (error.isHostTrouble) throw new LaneFault({ reason: error.reason })
    throw error
  }
}

async function settle(app: App, row: PushSubscriptionRow, { status, headers }: HttpAnswer, task: Task) {
  if (status >= 200 && status < 300) return
  const isOver = status >= 400 && status < 500 && status !== 408 && status !== 429
  if (isOver) {
    await dropPush(app, row.id)
    throw new Drop(`the push service answered ${status}: the subscription is over`, { answered: true })
  }
  if (task.attempts >= TRIES) throw new Drop(`the push service answered ${status}`, { answered: true })
  const pause = Number(headers['retry-after'])
  const reason = `the push service answered ${status}`
  throw new LaneFault({ reason, ...(pause > 0 ? { retryAfter: pause * SECOND } : {}) })
}

/** Takes the subscriptions of tokens and sessions that have ended away with them. */
export const dropEndedPush = now<{ userId: number }>({
  name: 'drop the push of what ended',
  async run(tx, { userId }) {
    if (userId === 0) return
    await tx.db
      .deleteFrom('push_subscription')
      .where('user_id', '=', userId)
      .where(
        sql<boolean>`(token_id is not null and token_id not in (
            select id from token where user_id = ${userId} and revoked_at is null)
          or session_id is not null and session_id not in (select id from session where user_id = ${userId}))`,
      )
      .execute()
  },
})
