import { z } from 'zod'
import type { App, Viewer } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { idList, intText, requiredId, textList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { askFields, readAsk } from './ask.ts'
import { dismiss } from './dismiss-notifications.ts'
import { Notification } from './entities.ts'
import { countUnread, listNotifications } from './list-notifications.ts'
import { notificationById } from './notifications.ts'
import { presentNotifications } from './present-notification.ts'

const USUAL = 40
const USUAL_UNREAD = 100
const MOST_UNREAD = 1000
const Empty = z.object({})

export const notificationsEndpoint = endpoint({
  route: 'GET /api/v1/notifications',
  scope: 'read:notifications',
  summary: 'What concerns the member, newest first',
  query: PageQuery.extend({ ...askFields, supported_types: textList(64).optional() }),
  returns: z.array(Notification),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const rows = await listNotifications(app, viewer.account.id, readAsk(query), page)
    const reader = { domain, account: viewer.account }
    const shown = await presentNotifications(app, reader, rows, query.supported_types ?? null)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(shown, { request, page, ...ends, style: 'statuses' })
  },
})

export const unreadCountEndpoint = endpoint({
  route: 'GET /api/v1/notifications/unread_count',
  scope: 'read:notifications',
  summary: 'How many notifications are newer than the marker',
  query: z.object({ limit: intText.optional(), ...askFields }),
  returns: z.object({ count: z.number().int() }),
  handle: async ({ app, viewer, query }) => {
    const most = Math.min(Math.max(1, query.limit ?? USUAL_UNREAD), MOST_UNREAD)
    return { count: await countUnread(app, viewer.account.id, readAsk(query), most) }
  },
})

export const notificationEndpoint = endpoint({
  route: 'GET /api/v1/notifications/:id',
  scope: 'read:notifications',
  summary: 'One notification',
  query: z.object({ supported_types: textList(64).optional() }),
  returns: Notification,
  handle: async ({ app, viewer, domain, params, query }) => {
    const id = readId(params.id)
    const row = id === null ? undefined : await notificationById(app, viewer.account.id, id)
    const reader = { domain, account: viewer.account }
    const [shown] = row ? await presentNotifications(app, reader, [row], query.supported_types ?? null) : []
    if (!shown) throw notFound()
    return shown
  },
})

export const clearNotificationsEndpoint = endpoint({
  route: 'POST /api/v1/notifications/clear',
  scope: 'write:notifications',
  summary: 'Clear all notifications',
  returns: Empty,
  handle: async ({ app, viewer }) => {
    await dismiss(app, viewer.account.id, 'all')
    return {}
  },
})

async function dismissOne(app: App, viewer: Viewer, text: string) {
  const id = readId(text)
  if (id === null || !(await notificationById(app, viewer.account.id, id))) throw notFound()
  await dismiss(app, viewer.account.id, { ids: [id] })
  return {}
}

export const dismissNotificationEndpoint = endpoint({
  route: 'POST /api/v1/notifications/:id/dismiss',
  scope: 'write:notifications',
  summary: 'Clear one notification',
  returns: Empty,
  handle: ({ app, viewer, params }) => dismissOne(app, viewer, params.id),
})

export const deleteNotificationEndpoint = endpoint({
  route: 'DELETE /api/v1/notifications/:id',
  scope: 'write:notifications',
  summary: 'Clear one notification',
  returns: Empty,
  handle: ({ app, viewer, params }) => dismissOne(app, viewer, params.id),
})

export const dismissOldEndpoint = endpoint({
  route: 'POST /api/v1/notifications/dismiss',
  scope: 'write:notifications',
  summary: 'Clear one notification, as old apps ask for it',
  body: z.object({ id: requiredId }),
  returns: Empty,
  handle: ({ app, viewer, body }) => dismissOne(app, viewer, body.id),
})

export const deleteManyNotificationsEndpoint = endpoint({
  route: 'DELETE /api/v1/notifications/destroy_multiple',
  scope: 'write:notifications',
  summary: 'Clear some notifications',
  query: z.object({ ids: idList.optional() }),
  returns: Empty,
  handle: async ({ app, viewer, query }) => {
    const ids = (query.ids ?? []).flatMap((id: string) => readId(id) ?? [])
    await dismiss(app, viewer.account.id, { ids })
    return {}
  },
})
