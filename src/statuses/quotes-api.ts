import { z } from 'zod'
import type { App, HostedDomain, Reader, Viewer } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { PageQuery, paged, readPage } from '#platform/paging.ts'
import { Status } from './entities.ts'
import { refuseQuote } from './keep-quote.ts'
import { quotingStatusIds } from './marked.ts'
import { presentStatus, presentStatuses } from './present-status.ts'
import { quotePolicies } from './quote-policy.ts'
import { setQuotePolicy } from './set-quote-policy.ts'
import type { StatusRow } from './statuses.ts'
import { visibleOriginal, visibleStatus } from './visibility.ts'

const USUAL = 20

const readerOf = (domain: HostedDomain, viewer: Viewer): Reader => ({ domain, account: viewer.account })

/** The viewer's own status, or a refusal that does not tell whether it exists (AZ-09). */
async function ownOriginal(app: App, viewer: Viewer, id: string): Promise<StatusRow> {
  const status = await visibleStatus(app, viewer.account, readId(id))
  if (status.account_id !== viewer.account.id || status.reblog_of_id !== null) throw notFound()
  return status
}

export const quotesEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id/quotes',
  scope: 'read:statuses',
  summary: 'Statuses that quote a status, newest first',
  query: PageQuery,
  returns: z.array(Status),
  handle: async ({ app, viewer, domain, params, query, request }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    const page = readPage(query, USUAL)
    const { statusIds, ...ends } = await quotingStatusIds(app, viewer.account, status, page)
    const shown = await presentStatuses(app, readerOf(domain, viewer), statusIds)
    return paged(shown, { request, page, ...ends, style: 'statuses' })
  },
})

export const revokeQuoteEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke',
  scope: 'write:statuses',
  summary: 'Take back that a status may quote one’s own',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await ownOriginal(app, viewer, params.id)
    const quoting = readId(params.quoting_status_id)
    const quote = await app.db
      .selectFrom('quote')
      .selectAll()
      .where('status_id', '=', quoting ?? 0)
      .where('quoted_id', '=', status.id)
      .executeTakeFirst()
    if (!quote) throw notFound()
    await refuseQuote(app, quote.id, 'here')
    return presentStatus(app, readerOf(domain, viewer), { id: quote.status_id })
  },
})

function policy(route: `${'PUT' | 'PATCH'} /api/v1/statuses/:id/interaction_policy`) {
  return endpoint({
    route,
    scope: 'write:statuses',
    summary: 'Say who may quote a status from now on',
    body: z.object({ quote_approval_policy: wordOf(quotePolicies) }),
    returns: Status,
    handle: async ({ app, viewer, domain, params, body }) => {
      const status = await ownOriginal(app, viewer, params.id)
      if (body.quote_approval_policy) await setQuotePolicy(app, status, body.quote_approval_policy)
      return presentStatus(app, readerOf(domain, viewer), status)
    },
  })
}

export const interactionPolicyEndpoint = policy('PUT /api/v1/statuses/:id/interaction_policy')
export const patchInteractionPolicyEndpoint = policy('PATCH /api/v1/statuses/:id/interaction_policy')
