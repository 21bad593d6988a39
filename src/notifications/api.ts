import { z } from 'zod'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { idText, textList } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { dismiss, notificationById, notificationsOf, unreadCount } from './notifications.ts'
import { Notification, presentNotifications } from './present-notification.ts'

const USUAL = 40
const USUAL_UNREAD = 100
const MOST_UNREAD = 1000
const Empty = z.object({})

export const notificationsEndpoint = endpoint({
  route: 'GET /api/v1/notifications',
  scope: 'read:notifications',
  summary: 'What concerns the member, newest first',
  query: PageQuery.extend({
    types: textList(32).optional(),
    exclude_types: textList(32).optional(),
    account_id: idText.optional(),
  }),
  returns: z.array(Notification),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const rows = await notificationsOf(
      app,
      viewer.account,
      {
        types: query.types ?? [],
        excludeTypes: query.exclude_types ?? [],
        fromAccountId: query.account_id ? readId(query.account_id) : null,
      },
      page,
    )
    const shown = await presentNotifications(app, { domain, account: viewer.account }, rows)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(shown, { request, page, ...ends, style: 'statuses' })
  },
})

export const unreadCountEndpoint = endpoint({
  route: 'GET /api/v1/notifications/unread_count',
  scope: 'read:notifications',
  summary: 'How many notifications are newer than the marker',
  query: z.object({ limit: z.coerce.number().int().optional() }),
  returns: z.object({ count: z.number().int() }),
  handle: async ({ app, viewer, query }) => {
    const most = Math.min(Math.max(1, query.limit ?? USUAL_UNREAD), MOST_UNREAD)
    return { count: await unreadCount(app, viewer.account, most) }
  },
})

export const notificationEndpoint = endpoint({
  route: 'GET /api/v1/notifications/:id',
  scope: 'read:notifications',
  summary: 'One notification',
  returns: Notification,
  handle: async ({ app, viewer, domain, params }) => {
    const id = readId(params.id)
    const row = id === null ? undefined : await notificationById(app, viewer.account, id)
    const [shown] = row ? await presentNotifications(app, { domain, account: viewer.account }, [row]) : []
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
    await dismiss(app, viewer.account, null)
    return {}
  },
})

export const dismissNotificationEndpoint = endpoint({
  route: 'POST /api/v1/notifications/:id/dismiss',
  scope: 'write:notifications',
  summary: 'Clear one notification',
  returns: Empty,
  handle: async ({ app, viewer, params }) => {
    const id = readId(params.id)
    if (id === null || !(await notificationById(app, viewer.account, id))) throw notFound()
    await dismiss(app, viewer.account, id)
    return {}
  },
})
