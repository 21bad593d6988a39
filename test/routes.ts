import type { Endpoint } from '#platform/http/endpoint.ts'
import { routeOf } from '#platform/http/mount.ts'
import type { Belongings } from './belongings.ts'
import type { Answer, Client } from './world.ts'

type Thing = keyof Belongings

/** What the id in a path names, and the threat that asking for another member's is. The first that fits counts. */
const things: [path: RegExp, thing: Thing, threat: string][] = [
  [/^\/api\/v1\/lists\/|\/timelines\/list\//, 'list', 'AZ-01'],
  [/^\/api\/v1\/filters\//, 'olderFilter', 'AZ-02'],
  [/^\/api\/v2\/filters\/keywords\//, 'keyword', 'AZ-02'],
  [/^\/api\/v2\/filters\/statuses\//, 'filterStatus', 'AZ-02'],
  [/^\/api\/v2\/filters\//, 'filter', 'AZ-02'],
  [/\/scheduled_statuses\//, 'scheduled', 'AZ-03'],
  [/\/media\//, 'media', 'AZ-04'],
  [/\/follow_requests\//, 'followRequest', 'AZ-08'],
  [/\/notifications\/requests\//, 'notificationRequest', 'AZ-08'],
  [/^\/api\/v1\/notifications\//, 'notification', 'AZ-08'],
  [/^\/api\/v2\/notifications\//, 'notificationGroup', 'AZ-08'],
  [/\/conversations\//, 'conversation', 'AZ-08'],
  [/\/statuses\/:id/, 'privateStatus', 'AZ-09'],
  [/\/polls\//, 'privatePoll', 'AZ-09'],
  [/\/featured_tags\/:id/, 'featuredTag', 'AZ-12'],
  [/\/collections\/:collection_id\/items\/:id/, 'collectionItem', 'AZ-12'],
  [/\/collections\//, 'collection', 'AZ-12'],
]

/** Whether a route is for those who keep the server, by the scopes that only they are given something for. */
export const isKeepers = (route: string) => / \/api\/(?:hyrax\/)?v\d\/admin\//.test(route)
export const KEEPER_SCOPES = 'read write follow push profile admin:read admin:write'

/** What the id in a path names when it names something that belongs to somebody; with the threat. */
export const thingOf = (path: string) => things.find(([pattern]) => pattern.test(path))

/** What else a request must say to get as far as the id. */
const said: [path: RegExp, body: Record<string, unknown>][] = [
  [/\/scheduled_statuses\//, { scheduled_at: '2026-07-01T12:00:00.000Z' }],
  [/\/filters\/:filter_id\/statuses/, { status_id: '1' }],
  [/\/filters\/.*keywords/, { keyword: 'mine now' }],
  [/^\/api\/v1\/filters\//, { phrase: 'mine now', context: ['home'] }],
  [/^\/api\/v2\/filters\/:id/, { title: 'mine now' }],
  [/\/lists\/:id\/accounts/, { account_ids: ['1'] }],
  [/\/lists\/:id/, { title: 'mine now' }],
  [/\/items$/, { account_id: '1' }],
  [/\/collections\//, { name: 'mine now' }],
  [/\/votes$/, { choices: [0] }],
  [/\/statuses\/:id$/, { status: 'mine now' }],
  [/\/media\//, { description: 'mine now' }],
]

/** Asks a route for these ids, in the order of its path, with the body that takes it as far as them. */
export function ask(
  client: Client,
  endpoint: Endpoint,
  ids: readonly string[],
  more: Record<string, unknown> = {},
): Promise<Answer> {
  const { method, path } = routeOf(endpoint)
  const left = [...ids]
  const to = path.replace(/:[^/]+/g, () => encodeURIComponent(left.shift() ?? '👍'))
  const body = { ...said.find(([pattern]) => pattern.test(path))?.[1], ...more }
  if (method === 'GET') return client.get(to)
  if (method === 'DELETE') return client.delete(path.endsWith('/accounts') ? `${to}?account_ids[]=1` : to)
  const verb = method.toLowerCase() as 'post' | 'put' | 'patch'
  return client[verb](to, body)
}
