import { z } from 'zod'
import { pageRows } from '#platform/database/page-rows.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { timeText } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { presentAllScheduled, presentScheduled, ScheduledStatus } from './present-scheduled.ts'
import { reschedule, unschedule } from './schedule-status.ts'
import type { ScheduledRow } from './scheduled-statuses.ts'
import { ownScheduled } from './scheduled-statuses.ts'

const USUAL = 20

export const scheduledStatusesEndpoint = endpoint({
  route: 'GET /api/v1/scheduled_statuses',
  scope: 'read:statuses',
  summary: 'Posts of the member that wait for their time, and drafts',
  query: PageQuery,
  returns: z.array(ScheduledStatus),
  handle: async ({ app, viewer, domain, query, request }) => {
    const page = readPage(query, USUAL)
    const own = app.db.selectFrom('scheduled_status').selectAll().where('account_id', '=', viewer.account.id)
    const rows = await pageRows<ScheduledRow>(own, 'id', page)
    const ends = { first: rows[0]?.id ?? null, last: rows.at(-1)?.id ?? null, found: rows.length }
    const shown = await presentAllScheduled(app, domain, rows)
    return paged(shown, { request, page, ...ends, style: 'statuses' })
  },
})

export const scheduledStatusEndpoint = endpoint({
  route: 'GET /api/v1/scheduled_statuses/:id',
  scope: 'read:statuses',
  summary: 'One scheduled post',
  returns: ScheduledStatus,
  handle: async ({ app, viewer, domain, params }) =>
    presentScheduled(app, domain, await ownScheduled(app, viewer.account, readId(params.id))),
})

function rescheduling(route: 'PUT /api/v1/scheduled_statuses/:id' | 'PATCH /api/v1/scheduled_statuses/:id') {
  return endpoint({
    route,
    scope: 'write:statuses',
    summary: 'Give a scheduled post another time',
    body: z.object({ scheduled_at: timeText }),
    returns: ScheduledStatus,
    handle: async ({ app, viewer, domain, params, body }) => {
      const row = await ownScheduled(app, viewer.account, readId(params.id))
      const moved = body.scheduled_at === undefined ? row : await reschedule(app, row, body.scheduled_at)
      return presentScheduled(app, domain, moved)
    },
  })
}

export const rescheduleEndpoint = rescheduling('PUT /api/v1/scheduled_statuses/:id')
export const patchScheduledEndpoint = rescheduling('PATCH /api/v1/scheduled_statuses/:id')

export const unscheduleEndpoint = endpoint({
  route: 'DELETE /api/v1/scheduled_statuses/:id',
  scope: 'write:statuses',
  summary: 'Throw a scheduled post away',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    await unschedule(app, await ownScheduled(app, viewer.account, readId(params.id)))
    return {}
  },
})
