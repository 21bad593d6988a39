import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { intText, textList, wordOf } from '#platform/http/forms-fields.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { askFields, readAsk } from './ask.ts'
import { dismiss } from './dismiss-notifications.ts'
import { GroupedNotifications } from './entities.ts'
import { idOfAlone } from './group-keys.ts'
import { groupByKey, rowsOfGroup } from './groups.ts'
import { countUnread, listNotifications } from './list-notifications.ts'
import { presentGroups } from './present-group.ts'

const USUAL = 40
const USUAL_UNREAD = 100
const MOST_UNREAD = 1000
const Empty = z.object({})
const grouped_types = textList(32).optional()
const supported_types = textList(64).optional()

export const groupedNotificationsEndpoint = endpoint({
  route: 'GET /api/v2/notifications',
  scope: 'read:notifications',
  summary: 'What concerns the member in groups, newest first',
  query: PageQuery.extend({
    ...askFields,
    grouped_types,
    supported_types,
    expand_accounts: wordOf(['full', 'partial_avatars']),
  }),
  returns: GroupedNotifications,
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const grouped = query.grouped_types ?? true
    const rows = await listNotifications(app, viewer.account.id, { ...readAsk(query), grouped }, page)
    const shown = await presentGroups(app, { domain, account: viewer.account }, rows, {
      grouped,
      supported: query.supported_types ?? null,
      partial: query.expand_accounts === 'partial_avatars',
      page,
    })
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(shown, { request, page, ...ends, style: 'statuses' })
  },
})

export const groupedUnreadCountEndpoint = endpoint({
  route: 'GET /api/v2/notifications/unread_count',
  scope: 'read:notifications',
  summary: 'How many groups of notifications are newer than the marker',
  query: z.object({ limit: intText.optional(), ...askFields, grouped_types }),
  returns: z.object({ count: z.number().int() }),
  handle: async ({ app, viewer, query }) => {
    const most = Math.min(Math.max(1, query.limit ?? USUAL_UNREAD), MOST_UNREAD)
    const ask = { ...readAsk(query), grouped: query.grouped_types ?? (true as const) }
    return { count: await countUnread(app, viewer.account.id, ask, most) }
  },
})

export const notificationGroupEndpoint = endpoint({
  route: 'GET /api/v2/notifications/:group_key',
  scope: 'read:notifications',
  summary: 'One group of notifications',
  query: z.object({ supported_types }),
  returns: GroupedNotifications,
  handle: async ({ app, viewer, domain, params, query }) => {
    const row = await groupByKey(app, viewer.account.id, params.group_key)
    if (!row) throw notFound()
    const shown = await presentGroups(app, { domain, account: viewer.account }, [row], {
      grouped: idOfAlone(params.group_key) === null ? true : undefined,
      supported: query.supported_types ?? null,
    })
    if (shown.notification_groups.length === 0) throw notFound()
    return shown
  },
})

export const groupAccountsEndpoint = endpoint({
  route: 'GET /api/v2/notifications/:group_key/accounts',
  scope: 'read:notifications',
  summary: 'Everybody in one group of notifications',
  query: PageQuery,
  returns: z.array(Account),
  handle: async ({ app, viewer, domain, params, query, request }) => {
    if (!(await groupByKey(app, viewer.account.id, params.group_key))) throw notFound()
    const page = readPage(query, USUAL)
    const rows = await rowsOfGroup(app, viewer.account.id, params.group_key, page)
    const ids = [...new Set(rows.map((row) => row.from_account_id))]
    const accounts = await presentAccountsById(app, { domain, account: viewer.account }, ids)
    const shown = ids.flatMap((id) => accounts.get(id) ?? []).filter((account) => !account.suspended)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    return paged(shown, { request, page, ...ends, style: 'accounts' })
  },
})

export const dismissGroupEndpoint = endpoint({
  route: 'POST /api/v2/notifications/:group_key/dismiss',
  scope: 'write:notifications',
  summary: 'Clear one group of notifications',
  returns: Empty,
  handle: async ({ app, viewer, params }) => {
    const alone = idOfAlone(params.group_key)
    await dismiss(app, viewer.account.id, alone === null ? { groupKey: params.group_key } : { ids: [alone] })
    return {}
  },
})

export const clearGroupsEndpoint = endpoint({
  route: 'POST /api/v2/notifications/clear',
  scope: 'write:notifications',
  summary: 'Clear all notifications',
  returns: Empty,
  handle: async ({ app, viewer }) => {
    await dismiss(app, viewer.account.id, 'all')
    return {}
  },
})
