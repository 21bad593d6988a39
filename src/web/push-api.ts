import { z } from 'zod'
import type { App } from '#app.ts'
import { UNSUBSCRIBE } from '#notifications/push.ts'
import { PushChanges, PushForm, placeOf } from '#notifications/push-forms.ts'
import {
  changePush,
  dropPush,
  presentPush,
  pushSubscriptionOf,
  subscribeToPush,
  WebPushSubscription,
} from '#notifications/push-subscriptions.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { unstamped } from '#platform/sealed-text.ts'
import { browserSession } from './api-session.ts'

/** What a browser is told of that did not say. */
const USUAL = {
  follow: true,
  follow_request: false,
  favourite: true,
  reblog: true,
  mention: true,
  poll: true,
  quote: true,
  status: false,
}

export const subscribeBrowserEndpoint = endpoint({
  route: 'POST /api/web/push_subscriptions',
  scope: 'public',
  summary: 'Have notifications pushed to the signed-in browser',
  body: PushForm,
  returns: WebPushSubscription,
  handle: async ({ app, domain, body, request }) => {
    const session = await browserSession(app, domain, request)
    const owner = { user: session.user, account: session.account, sessionId: session.id }
    const wishes = { ...body.data, alerts: { ...USUAL, ...body.data?.alerts } }
    return presentPush(app, await subscribeToPush(app, owner, placeOf(body), wishes))
  },
})

/** The subscription of the session that asks; other people's are nowhere. */
async function ownPush(app: App, sessionId: number, id: string) {
  const row = await pushSubscriptionOf(app, { sessionId })
  if (!row || String(row.id) !== id) throw notFound()
  return row
}

const changed = (method: 'PUT' | 'PATCH') =>
  endpoint({
    route: `${method} /api/web/push_subscriptions/:id`,
    scope: 'public',
    summary: 'Change which notifications are pushed to the signed-in browser',
    body: PushChanges,
    returns: WebPushSubscription,
    handle: async ({ app, domain, params, body, request }) => {
      const session = await browserSession(app, domain, request)
      const row = await ownPush(app, session.id, params.id)
      return presentPush(app, await changePush(app, row, body.data ?? {}))
    },
  })
export const changeBrowserPushEndpoint = changed('PUT')
export const patchBrowserPushEndpoint = changed('PATCH')

export const unsubscribeBrowserEndpoint = endpoint({
  route: 'DELETE /api/web/push_subscriptions/:id',
  scope: 'public',
  summary: 'Have nothing pushed any more; also by the address that came with a push',
  returns: z.object({}),
  handle: async ({ app, domain, params, request }) => {
    const secret = app.config.vapid?.privateKey
    const given = secret ? unstamped(secret, UNSUBSCRIBE, params.id) : null
    if (given !== null) {
      await dropPush(app, Number(given))
      return {}
    }
    const session = await browserSession(app, domain, request)
    await dropPush(app, (await ownPush(app, session.id, params.id)).id)
    return {}
  },
})
