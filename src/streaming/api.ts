import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import type { RequestFacts } from '#platform/http/endpoint.ts'
import { endpoint, Reply } from '#platform/http/endpoint.ts'
import { flag } from '#platform/http/forms-fields.ts'
import { openEventStream } from './event-stream.ts'
import { hubOf } from './hub.ts'
import { asksFromHere, METRICS_TYPE, streamMetrics } from './metrics.ts'

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'private, no-store',
  'X-Accel-Buffering': 'no',
}

/** Parameters may come several times over; the first counts. */
const word = z.union([z.string(), z.array(z.string())]).optional()
const Query = z.object({ only_media: flag.optional(), tag: word, list: word })

type Given = {
  app: App
  viewer: Viewer
  domain: HostedDomain
  query: z.output<typeof Query>
  request: RequestFacts
}

/** Declares a stream as server-sent events; the path says which, `only_media` narrows the public ones. */
function eventStream<const P extends string>(
  path: P,
  stream: string,
  summary: string,
  scope = 'read:statuses',
) {
  return endpoint({
    route: `GET /api/v1/streaming/${path}`,
    scope,
    tokenInQuery: true,
    summary,
    query: Query,
    returns: z.unknown(),
    handle: async ({ app, viewer, domain, query, request }) => {
      const given = { app, viewer, domain, ip: request.ip } as {
        app: App
        viewer: Viewer
        domain: HostedDomain
        ip: string
      }
      const media = query.only_media && stream.startsWith('public') ? ':media' : ''
      const ask = { stream: stream + media, tag: query.tag, list: query.list }
      return new Reply(await openEventStream(given, ask), { headers: HEADERS })
    },
  })
}

export const userStreamEndpoint = eventStream('user', 'user', 'Home and notifications as they happen')
export const notificationStreamEndpoint = eventStream(
  'user/notification',
  'user:notification',
  'Notifications as they happen',
  'read:notifications',
)
export const publicStreamEndpoint = eventStream('public', 'public', 'Public statuses as they arrive')
export const localStreamEndpoint = eventStream(
  'public/local',
  'public:local',
  'Public statuses of this server as they are written',
)
export const remoteStreamEndpoint = eventStream(
  'public/remote',
  'public:remote',
  'Public statuses of other servers as they arrive',
)
export const hashtagStreamEndpoint = eventStream(
  'hashtag',
  'hashtag',
  'Public statuses with a hashtag as they arrive',
)
export const localHashtagStreamEndpoint = eventStream(
  'hashtag/local',
  'hashtag:local',
  'Public statuses of this server with a hashtag as they are written',
)

export const listStreamEndpoint = eventStream('list', 'list', 'A list as it grows')
export const directStreamEndpoint = eventStream('direct', 'direct', 'Conversations as they change')

export const streamingHealthEndpoint = endpoint({
  route: 'GET /api/v1/streaming/health',
  scope: 'public',
  summary: 'Whether streams can be opened',
  returns: z.string(),
  handle: async () => new Reply('OK', { headers: { 'Content-Type': 'text/plain; charset=utf-8' } }),
})

export const metricsEndpoint = endpoint({
  route: 'GET /metrics',
  scope: 'public',
  summary: 'Numbers on open streams for Prometheus, for this machine alone',
  returns: z.string(),
  handle: async ({ app, request }) => {
    if (!asksFromHere(request.ip)) throw notFound()
    return new Reply(streamMetrics(hubOf(app)), { headers: { 'Content-Type': METRICS_TYPE } })
  },
})

/** Streams live on this server: an address of another is passed on, anything else is nowhere. */
function elsewhere({ app, domain, request }: Pick<Given, 'app' | 'domain' | 'request'>): Reply<unknown> {
  const base = app.config.streamingApiBaseUrl
  if (!base || URL.parse(base)?.host === domain.web_host) throw notFound()
  const target = new URL(request.path, base.replace(/^ws/, 'http'))
  return new Reply('', { status: 301, headers: { Location: target.href, 'Content-Type': 'text/plain' } })
}

export const streamingRootEndpoint = endpoint({
  route: 'GET /api/v1/streaming',
  scope: 'public',
  summary: 'Leads to where streams are, when that is elsewhere',
  returns: z.unknown(),
  handle: async (given) => elsewhere(given),
})

export const streamingPathEndpoint = endpoint({
  route: 'GET /api/v1/streaming/:any{.+}',
  scope: 'public',
  summary: 'Leads to where streams are, when that is elsewhere',
  returns: z.unknown(),
  handle: async (given) => elsewhere(given),
})
