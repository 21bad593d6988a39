import { z } from 'zod'
import { may } from '#auth/roles.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { readId } from '#platform/ids.ts'
import { deliveryReport } from '#platform/jobs/delivery-report.ts'
import { isoTime } from '#platform/times.ts'
import { visibleStatus } from './visibility.ts'

/** Where a post is on its way to other servers. */
export const Delivery = z.object({
  since: z.string(),
  /** How many inboxes of other servers have it. */
  reached: z.number().int(),
  waiting: z.array(
    z.object({ host: z.string(), next_try_at: z.string(), last_error: z.string().nullable() }),
  ),
  refused: z.array(z.object({ host: z.string(), reason: z.string(), at: z.string() })),
})
export type Delivery = z.infer<typeof Delivery>

export const deliveryEndpoint = endpoint({
  route: 'GET /api/hyrax/v1/statuses/:id/delivery',
  scope: 'read:statuses',
  summary: 'To which servers an own status was delivered, which wait and which refused it',
  returns: Delivery,
  handle: async ({ app, viewer, params }) => {
    const status = await visibleStatus(app, viewer.account, readId(params.id))
    const isOwn = status.account_id === viewer.account.id
    if (!isOwn && !(await may(app, viewer.user, 'view_devops'))) throw notFound()
    const report = await deliveryReport(app, status.id)
    if (!report) throw notFound()
    return {
      since: isoTime(report.since),
      reached: report.reached,
      waiting: report.waiting.map(({ host, nextAt, lastError }) => ({
        host,
        next_try_at: isoTime(nextAt),
        last_error: lastError,
      })),
      refused: report.failed.map(({ host, reason, at }) => ({ host, reason, at: isoTime(at) })),
    }
  },
})
