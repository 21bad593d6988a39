import { z } from 'zod'
import { notFound } from '#platform/errors.ts'
import { readBearer } from '#platform/http/caller.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { PushChanges, PushForm, placeOf } from './push-forms.ts'
import {
  changePush,
  presentPush,
  pushSubscriptionOf,
  subscribeToPush,
  unsubscribeFromPush,
  WebPushSubscription,
} from './push-subscriptions.ts'

export const pushEndpoint = endpoint({
  route: 'GET /api/v1/push/subscription',
  scope: 'push',
  summary: 'How this token is pushed to',
  returns: WebPushSubscription,
  handle: async ({ app, viewer }) => {
    const row = await pushSubscriptionOf(app, { tokenId: viewer.token.id })
    if (!row) throw notFound()
    return presentPush(app, row)
  },
})

export const subscribeEndpoint = endpoint({
  route: 'POST /api/v1/push/subscription',
  scope: 'push',
  summary: 'Have notifications pushed, in place of what was before',
  body: PushForm,
  returns: WebPushSubscription,
  handle: async ({ app, viewer, body, request }) => {
    const tokenText = readBearer(request.header('authorization')) ?? undefined
    const owner = { user: viewer.user, account: viewer.account, tokenId: viewer.token.id, tokenText }
    return presentPush(app, await subscribeToPush(app, owner, placeOf(body), body.data ?? {}))
  },
})

const changed = (method: 'PUT' | 'PATCH') =>
  endpoint({
    route: `${method} /api/v1/push/subscription`,
    scope: 'push',
    summary: 'Change which notifications are pushed',
    body: PushChanges,
    returns: WebPushSubscription,
    handle: async ({ app, viewer, body }) => {
      const row = await pushSubscriptionOf(app, { tokenId: viewer.token.id })
      if (!row) throw notFound()
      return presentPush(app, await changePush(app, row, body.data ?? {}))
    },
  })
export const changePushEndpoint = changed('PUT')
export const patchPushEndpoint = changed('PATCH')

export const unsubscribeEndpoint = endpoint({
  route: 'DELETE /api/v1/push/subscription',
  scope: 'push',
  summary: 'Have nothing pushed any more',
  returns: z.object({}),
  handle: async ({ app, viewer }) => {
    await unsubscribeFromPush(app, { tokenId: viewer.token.id })
    return {}
  },
})
