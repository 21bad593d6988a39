import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { notAllowed, notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { intText } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { MINUTE } from '#platform/times.ts'
import { blockExists } from '#relationships/relationships.ts'
import type { PollRow } from './polls.ts'
import { pollById } from './polls.ts'
import { Poll } from './present-poll.ts'
import { presentStatus } from './present-status.ts'
import type { StatusRow } from './statuses.ts'
import { visibleStatus } from './visibility.ts'
import { vote } from './vote.ts'

/** The poll with its status, if the viewer may see that. */
async function visiblePoll(app: App, viewer: Viewer | null, id: string) {
  const poll = await pollById(app, readId(id))
  if (!poll) throw notFound()
  const status = await visibleStatus(app, viewer?.account ?? null, poll.status_id)
  if (status.poll_id !== poll.id) throw notFound()
  return { poll, status }
}

async function present(app: App, domain: HostedDomain, viewer: Viewer | null, status: StatusRow) {
  const shown = await presentStatus(app, { domain, account: viewer?.account ?? null }, status)
  if (!shown.poll) throw notFound()
  return shown.poll
}

/** Whether a poll of another server may have moved on since it was last asked for. */
function isStale(poll: PollRow, now: number): boolean {
  if (poll.fetched_at === null || now - poll.fetched_at < MINUTE) return false
  return poll.expires_at === null || poll.fetched_at < poll.expires_at
}

export const pollEndpoint = endpoint({
  route: 'GET /api/v1/polls/:id',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'A poll with its results so far; one of another server is asked for again when it has grown old',
  returns: Poll,
  handle: async ({ app, viewer, domain, params }) => {
    const { poll, status } = await visiblePoll(app, viewer, params.id)
    if (viewer && isStale(poll, app.now())) await app.fediverse.refreshPoll(poll.id)
    return present(app, domain, viewer, status)
  },
})

export const voteEndpoint = endpoint({
  route: 'POST /api/v1/polls/:id/votes',
  scope: 'write:statuses',
  summary: 'Take part in a poll',
  body: z.object({ choices: z.preprocess(listed, z.array(intText).max(500).optional()) }),
  returns: Poll,
  handle: async ({ app, viewer, domain, params, body }) => {
    const { poll, status } = await visiblePoll(app, viewer, params.id)
    if (await blockExists(app, viewer.account.id, status.account_id)) throw notAllowed()
    const choices = (body.choices ?? []).map((choice) => choice ?? -1)
    await vote(app, viewer.account, poll.id, choices)
    return present(app, domain, viewer, status)
  },
})

function listed(value: unknown): unknown {
  return value === undefined || value === null || Array.isArray(value) ? (value ?? undefined) : [value]
}
