import { z } from 'zod'
import type { App, HostedDomain, Reader, Viewer } from '#app.ts'
import { mediaByIds } from '#media/media.ts'
import { presentMedia } from '#media/present-media.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { endpoint, Reply } from '#platform/http/endpoint.ts'
import { flag, idList, timeText } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { completeThread } from './async-refreshes.ts'
import { EditForm, revise, StatusForm } from './compose.ts'
import { deleteStatus } from './delete-status.ts'
import { editStatus } from './edit-status.ts'
import { Context, Status, StatusSource } from './entities.ts'
import { lookAtQuote } from './look-at-quote.ts'
import { presentContext } from './present-context.ts'
import { presentScheduled, ScheduledStatus } from './present-scheduled.ts'
import { presentRow, presentStatus, presentStatuses } from './present-status.ts'
import { publishOnce } from './publish-once.ts'
import { setQuotePolicy } from './set-quote-policy.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'
import { presentVersions, StatusEdit } from './versions.ts'
import { visibleStatus } from './visibility.ts'

/** How many statuses one bulk read may ask for (surface j). */
const MOST_AT_ONCE = 20

const readerOf = (domain: HostedDomain, viewer: Viewer | null): Reader => ({
  domain,
  account: viewer?.account ?? null,
})

export const createStatusEndpoint = endpoint({
  route: 'POST /api/v1/statuses',
  scope: 'write:statuses',
  summary: 'Publish a status, or schedule it',
  limit: 'statuses',
  once: true,
  body: StatusForm.extend({ scheduled_at: timeText }),
  returns: z.union([Status, ScheduledStatus]),
  handle: async ({ app, viewer, domain, body, request }) => {
    const key = request.header('idempotency-key')?.slice(0, 255) || null
    const reader = readerOf(domain, viewer)
    const made = await publishOnce(app, viewer, body, key)
    return 'params' in made ? presentScheduled(app, domain, made) : presentRow(app, reader, made)
  },
})

export const statusesEndpoint = endpoint({
  route: 'GET /api/v1/statuses',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'Several statuses at once',
  query: z.object({ id: idList.optional() }),
  returns: z.array(Status),
  handle: async ({ app, viewer, domain, query }) => {
    const asked = query.id ?? []
    if (asked.length > MOST_AT_ONCE) throw invalid(`At most ${MOST_AT_ONCE} statuses at once`)
    const ids = [...new Set(asked.flatMap((id) => readId(id) ?? []))]
    return presentStatuses(app, readerOf(domain, viewer), ids)
  },
})

export const statusEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'One status',
  returns: Status,
  handle: async ({ app, viewer, domain, params }) => {
    const id = readId(params.id)
    if (id === null) throw notFound()
    const shown = await presentStatus(app, readerOf(domain, viewer), { id })
    const status = viewer && shown.quote ? await statusById(app, id) : undefined
    return new Reply(shown, { headers: status ? await lookAtQuote(app, status) : {} })
  },
})

export const contextEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id/context',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'What a status answers and what answers it',
  returns: Context,
  handle: async ({ app, viewer, domain, params }) => {
    const status = await visibleStatus(app, viewer?.account ?? null, readId(params.id))
    const headers = viewer ? await completeThread(app, status) : {}
    if (viewer) await lookAtQuote(app, status)
    return new Reply(await presentContext(app, readerOf(domain, viewer), status), { headers })
  },
})

/** The viewer's own status, or a refusal that does not tell whether it exists (AZ-09). */
async function ownStatus(app: App, viewer: Viewer, id: string): Promise<StatusRow> {
  const status = await visibleStatus(app, viewer.account, readId(id))
  if (status.account_id !== viewer.account.id) throw notFound()
  return status
}

export const deleteStatusEndpoint = endpoint({
  route: 'DELETE /api/v1/statuses/:id',
  scope: 'write:statuses',
  summary: 'Delete a status; the answer carries its source for a new draft',
  limit: 'deletes',
  query: z.object({ delete_media: flag.optional() }),
  returns: Status,
  handle: async ({ app, viewer, domain, params, query }) => {
    const status = await ownStatus(app, viewer, params.id)
    const shown = await presentStatus(app, readerOf(domain, viewer), status)
    await deleteStatus(app, status, 'here', { deleteMedia: query.delete_media ?? false })
    // For a new draft the files are uploads again, under new addresses.
    const files = await mediaByIds(
      app,
      shown.media_attachments.map((each) => Number(each.id)),
    )
    const media = shown.media_attachments.flatMap((each) => files.get(Number(each.id)) ?? [])
    const media_attachments = media.map((row) => presentMedia(row, domain))
    return { ...shown, media_attachments, text: status.source ?? '' }
  },
})

function editing(route: 'PUT /api/v1/statuses/:id' | 'PATCH /api/v1/statuses/:id') {
  return endpoint({
    route,
    scope: 'write:statuses',
    summary: 'Edit a status; the earlier words are kept as a version',
    limit: 'statuses',
    files: { count: 4 },
    body: EditForm,
    returns: Status,
    handle: async ({ app, viewer, domain, params, body }) => {
      const status = await ownStatus(app, viewer, params.id)
      if (status.reblog_of_id !== null) throw notFound()
      const revision = await revise(app, viewer, status, body)
      if (body.quote_approval_policy) await setQuotePolicy(app, status, body.quote_approval_policy)
      return presentStatus(app, readerOf(domain, viewer), await editStatus(app, status, revision, 'here'))
    },
  })
}

export const editStatusEndpoint = editing('PUT /api/v1/statuses/:id')
export const patchStatusEndpoint = editing('PATCH /api/v1/statuses/:id')

export const statusSourceEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id/source',
  scope: 'read:statuses',
  summary: 'What the author typed',
  returns: StatusSource,
  handle: async ({ app, viewer, params }) => {
    const status = await ownStatus(app, viewer, params.id)
    return { id: String(status.id), text: status.source ?? '', spoiler_text: status.spoiler_text }
  },
})

export const statusHistoryEndpoint = endpoint({
  route: 'GET /api/v1/statuses/:id/history',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'The versions of a status, first to last',
  returns: z.array(StatusEdit),
  handle: async ({ app, viewer, domain, params }) => {
    const reader = readerOf(domain, viewer)
    const status = await visibleStatus(app, reader.account, readId(params.id))
    return presentVersions(app, reader, status)
  },
})
