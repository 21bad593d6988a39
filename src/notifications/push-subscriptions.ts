import { z } from 'zod'
import type { App, Viewer } from '#app.ts'
import { judgeHost } from '#platform/addresses.ts'
import { prepared } from '#platform/database/prepared.ts'
import { invalid } from '#platform/errors.ts'
import { sealPush } from '#platform/push-encryption.ts'
import { seal } from '#platform/sealed-text.ts'
import { notificationTypes } from './kinds.ts'

/** Where a member's app or browser is reached while it is closed: one for each token, or for each session. */
export type PushSubscriptionRow = {
  id: number
  user_id: number
  account_id: number
  token_id: number | null
  session_id: number | null
  /** The access token, readable by us alone: apps tell by it which of their accounts is meant. */
  sealed_token: string | null
  endpoint: string
  p256dh: string
  auth: string
  /** Whether it is spoken to as RFC 8291 says, or as browsers did before. */
  standard: number
  policy: string
  /** JSON: the kinds of notifications it is told of. */
  alerts: string
  created_at: number
  updated_at: number
}
export type PushTables = { push_subscription: PushSubscriptionRow }

export const pushPolicies = ['all', 'followed', 'follower', 'none'] as const
export type PushPolicy = (typeof pushPolicies)[number]

/** What a sealed token is for. */
export const TOKEN_PURPOSE = 'push token'

/** Whose subscription it is: of a token or of a session. */
export type PushOwner = {
  user: Viewer['user']
  account: Pick<Viewer['account'], 'id'>
  tokenId?: number
  sessionId?: number
  /** The token as it was sent. */
  tokenText?: string | undefined
}
export type PushPlace = { endpoint: string; p256dh: string; auth: string; standard: boolean }
export type PushWishes = { alerts?: Record<string, boolean> | undefined; policy?: PushPolicy | undefined }

const ofAccount = prepared<{ account: number }, PushSubscriptionRow>((db, { account }) =>
  db.selectFrom('push_subscription').selectAll().where('account_id', '=', account),
)

/** Everything by which an account's devices are reached. */
export async function pushSubscriptionsOf(app: App, accountId: number): Promise<PushSubscriptionRow[]> {
  return ofAccount(app, { account: accountId })
}

/** One subscription, or undefined. */
export async function pushSubscriptionById(app: App, id: number): Promise<PushSubscriptionRow | undefined> {
  return app.db.selectFrom('push_subscription').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The subscription of a token or session, or undefined. */
export async function pushSubscriptionOf(
  app: App,
  owner: Pick<PushOwner, 'tokenId' | 'sessionId'>,
): Promise<PushSubscriptionRow | undefined> {
  const query = app.db.selectFrom('push_subscription').selectAll()
  const found =
    owner.tokenId === undefined
      ? query.where('session_id', '=', owner.sessionId ?? 0)
      : query.where('token_id', '=', owner.tokenId)
  return found.executeTakeFirst()
}

/**
 * Subscribes a token or session in place of what it had before. Throws `invalid` for an address that is none of the
 * open web, and for keys with which nothing can be encrypted.
 */
export async function subscribeToPush(
  app: App,
  owner: PushOwner,
  place: PushPlace,
  wishes: PushWishes,
): Promise<PushSubscriptionRow> {
  checkPlace(app, place)
  const secret = app.config.vapid?.privateKey ?? ''
  const now = app.now()
  const row: PushSubscriptionRow = {
    id: app.newId(),
    user_id: owner.user.id,
    account_id: owner.account.id,
    token_id: owner.tokenId ?? null,
    session_id: owner.sessionId ?? null,
    sealed_token: owner.tokenText ? seal(secret, TOKEN_PURPOSE, owner.tokenText) : null,
    endpoint: place.endpoint,
    p256dh: place.p256dh,
    auth: place.auth,
    standard: place.standard ? 1 : 0,
    policy: wishes.policy ?? 'all',
    alerts: JSON.stringify(knownAlerts(wishes.alerts ?? {})),
    created_at: now,
    updated_at: now,
  }
  await app.inTransaction(async (tx) => {
    await unsubscribeFromPush(tx, owner)
    await tx.db.insertInto('push_subscription').values(row).execute()
  })
  return row
}

function checkPlace(app: App, place: PushPlace): void {
  const url = URL.parse(place.endpoint)
  const spoken = url?.protocol === 'https:' || (url?.protocol === 'http:' && app.config.allowHttp)
  if (
    !url ||
    !spoken ||
    url.username ||
    judgeHost(url.hostname, app.config.allowedPrivateAddresses).kind === 'refused'
  )
    throw invalid('Validation failed: Endpoint must be an https address of a push service')
  try {
    sealPush(place, 'a trial', place.standard)
  } catch {
    throw invalid('Validation failed: Keys are not valid for Web Push')
  }
}

/** Changes what a subscription is told of; what is left out stays. */
export async function changePush(
  app: App,
  row: PushSubscriptionRow,
  wishes: PushWishes,
): Promise<PushSubscriptionRow> {
  const changed = {
    policy: wishes.policy ?? row.policy,
    alerts: wishes.alerts ? JSON.stringify(knownAlerts(wishes.alerts)) : row.alerts,
    updated_at: app.now(),
  }
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('push_subscription').set(changed).where('id', '=', row.id).execute()
  })
  return { ...row, ...changed }
}

/** Ends the subscription of a token or session, if it has one. */
export async function unsubscribeFromPush(
  app: App,
  owner: Pick<PushOwner, 'tokenId' | 'sessionId'>,
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const row = await pushSubscriptionOf(tx, owner)
    if (row) await dropPush(tx, row.id)
  })
}

/** Ends one subscription. */
export async function dropPush(app: App, id: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('push_subscription').where('id', '=', id).execute()
  })
}

function knownAlerts(alerts: Record<string, boolean>): Record<string, boolean> {
  return Object.fromEntries(notificationTypes.flatMap((type) => (alerts[type] ? [[type, true]] : [])))
}

/** What a subscription is told of. */
export function alertsOf(row: Pick<PushSubscriptionRow, 'alerts'>): Record<string, boolean> {
  const chosen = JSON.parse(row.alerts) as Record<string, boolean>
  return Object.fromEntries(notificationTypes.map((type) => [type, chosen[type] === true]))
}

/** https://docs.joinmastodon.org/entities/WebPushSubscription/ */
export const WebPushSubscription = z.object({
  id: z.string(),
  endpoint: z.string(),
  standard: z.boolean(),
  alerts: z.record(z.string(), z.boolean()),
  policy: z.string(),
  server_key: z.string(),
})

/** A subscription as its owner sees it. */
export function presentPush(app: App, row: PushSubscriptionRow): z.input<typeof WebPushSubscription> {
  return {
    id: String(row.id),
    endpoint: row.endpoint,
    standard: row.standard === 1,
    alerts: alertsOf(row),
    policy: row.policy,
    server_key: app.config.vapid?.publicKey ?? '',
  }
}
