import { z } from 'zod'
import type { App } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { idList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { NotificationRequest } from './entities.ts'
import type { NotificationRequestRow } from './notifications.ts'
import { presentRequests } from './present-request.ts'
import { acceptRequests, dismissRequests, isMerged, requestsByIds, requestsOf } from './requests.ts'

const USUAL = 40
const Empty = z.object({})

async function requestOf(app: App, accountId: number, text: string): Promise<NotificationRequestRow> {
  const id = readId(text)
  const [found] = id === null ? [] : await requestsByIds(app, accountId, [id])
  if (!found) throw notFound()
  return found
}

export const notificationRequestsEndpoint = endpoint({
  route: 'GET /api/v1/notifications/requests',
  scope: 'read:notifications',
  summary: 'Whose messages wait until the member lets them in',
  query: PageQuery,
  returns: z.array(NotificationRequest),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const rows = await requestsOf(app, viewer.account.id, page)
    const shown = await presentRequests(app, { domain, account: viewer.account }, rows)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(shown, { request, page, ...ends, style: 'statuses' })
  },
})

export const requestsMergedEndpoint = endpoint({
  route: 'GET /api/v1/notifications/requests/merged',
  scope: 'read:notifications',
  summary: 'Whether all that was let in is in its place',
  returns: z.object({ merged: z.boolean() }),
  handle: async ({ app, viewer }) => ({ merged: await isMerged(app, viewer.account.id) }),
})

export const notificationRequestEndpoint = endpoint({
  route: 'GET /api/v1/notifications/requests/:id',
  scope: 'read:notifications',
  summary: 'One who waits',
  returns: NotificationRequest,
  handle: async ({ app, viewer, domain, params }) => {
    const row = await requestOf(app, viewer.account.id, params.id)
    const [shown] = await presentRequests(app, { domain, account: viewer.account }, [row])
    if (!shown) throw notFound()
    return shown
  },
})

type Answer = (app: App, requests: readonly NotificationRequestRow[]) => Promise<void>

function answerOne(route: `POST /api/v1/notifications/requests/:id/${string}`, summary: string, run: Answer) {
  return endpoint({
    route,
    scope: 'write:notifications',
    summary,
    returns: Empty,
    handle: async ({ app, viewer, params }) => {
      await run(app, [await requestOf(app, viewer.account.id, (params as { id: string }).id)])
      return {}
    },
  })
}
export const acceptRequestEndpoint = answerOne(
  'POST /api/v1/notifications/requests/:id/accept',
  'Let one in for good',
  acceptRequests,
)
export const dismissRequestEndpoint = answerOne(
  'POST /api/v1/notifications/requests/:id/dismiss',
  'Remove one who waits, and their messages',
  dismissRequests,
)

function answerMany(
  route: 'POST /api/v1/notifications/requests/accept' | 'POST /api/v1/notifications/requests/dismiss',
  summary: string,
  run: Answer,
) {
  return endpoint({
    route,
    scope: 'write:notifications',
    summary,
    body: z.object({ id: idList.optional() }),
    returns: Empty,
    handle: async ({ app, viewer, body }) => {
      const ids = (body.id ?? []).flatMap((id: string) => readId(id) ?? [])
      await run(app, await requestsByIds(app, viewer.account.id, ids))
      return {}
    },
  })
}
export const acceptRequestsEndpoint = answerMany(
  'POST /api/v1/notifications/requests/accept',
  'Let several in for good',
  acceptRequests,
)
export const dismissRequestsEndpoint = answerMany(
  'POST /api/v1/notifications/requests/dismiss',
  'Remove several who wait, and their messages',
  dismissRequests,
)
