import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Route } from '#platform/http/endpoint.ts'
import type { LimitFamily } from '#platform/http/limits.ts'
import { families } from '#platform/http/limits.ts'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import type { Belongings } from './belongings.ts'
import { belongingsOf } from './belongings.ts'
import { isKeepers, KEEPER_SCOPES, thingOf } from './routes.ts'
import { tokenFor } from './streams.ts'
import type { World } from './world.ts'
import { databases, world } from './world.ts'

/** Routes that cannot do anything with an empty form. Every other one can, or asks for something else first. */
const needs = new Set([
  'POST /api/v1/admin/domain_allows',
  'POST /api/v1/admin/domain_blocks',
  'POST /api/v1/apps',
  'POST /api/v1/collections',
  'POST /api/v1/collections/:collection_id/items',
  'POST /api/v1/domain_blocks',
  'DELETE /api/v1/domain_blocks',
  'POST /api/v1/featured_tags',
  'POST /api/v1/filters',
  'POST /api/v1/lists',
  'POST /api/v1/media',
  'POST /api/v1/notifications/dismiss',
  'POST /api/v1/polls/:id/votes',
  'POST /api/v1/push/subscription',
  'POST /api/v1/statuses',
  'POST /api/v1_alpha/collections',
  'POST /api/v1_alpha/collections/:collection_id/items',
  'POST /api/v2/filters',
  'POST /api/v2/filters/:filter_id/keywords',
  'POST /api/v2/filters/:filter_id/statuses',
  'POST /api/v2/media',
  'POST /api/web/push_subscriptions',
])
const SCOPES = 'read write follow push profile'
const JSON_TYPE = 'application/json'
const knowsOthers = (route: string) => / \/(?:oauth|api\/web)\//.test(route)
// Votes first: a status that is edited without its poll loses it.
const withBody = endpoints
  .filter(({ body }) => body)
  .sort((a, b) => Number(b.route.endsWith('/votes')) - Number(a.route.endsWith('/votes')))
const limited = endpoints.filter(({ limit }) => limit)

type Sent = { method: string; path: string; token?: string; type?: string; body?: string }

async function send(w: World, { method, path, token, type, body }: Sent) {
  const domain = w.app.domains.all()[0]
  const headers: Record<string, string> = { Host: domain?.web_host ?? '' }
  if (token) headers.Authorization = `Bearer ${token}`
  if (type) headers['Content-Type'] = type
  const init = { method, headers, ...(body === undefined ? {} : { body }) }
  const answer = await w.site.request(`${domain?.origin}${path}`, init)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

for (const database of databases) {
  describe(`bodies that say nothing (${database})`, () => {
    let w: World
    let bobs: Belongings
    let member: string
    let keeper: string
    before(async () => {
      w = await world({ database })
      bobs = await belongingsOf(w, 'bob')
      member = await tokenFor(w, w.cast.bob, SCOPES)
      keeper = await tokenFor(w, w.cast.alice, KEEPER_SCOPES)
    })
    after(() => w.close())

    const tokenOf = (route: string) => (isKeepers(route) ? keeper : member)

    /** A route with ids in it that are there. */
    function to(route: string): { method: string; path: string } {
      const { method, path } = routeOf({ route: route as Route })
      const found = thingOf(path)
      const ids = found ? [...bobs[found[1]]] : [String(w.cast.alice.id)]
      return { method, path: path.replace(/:[^/]+/g, () => encodeURIComponent(ids.shift() ?? '1')) }
    }

    for (const { route } of withBody) {
      const isNeeded = needs.has(route)
      test(`${route} ${isNeeded ? 'answers 422 to' : 'can read'} an empty form`, async () => {
        const { status, text } = await send(w, {
          ...to(route),
          token: tokenOf(route),
          type: JSON_TYPE,
          body: '{}',
        })
        assert.equal(status === 422, isNeeded, `${status} ${text}`)
        if (isNeeded) assert.match((JSON.parse(text) as { error: string }).error, /^Validation failed: /)
      })

      test(`${route} answers 400 or 415 to what is no form`, async () => {
        const bodies: [type: string, body: string, status: number][] = [
          [JSON_TYPE, '{"a":', 400],
          [JSON_TYPE, '["a"]', 400],
          ['application/x-www-form-urlencoded', 'a=%ff', 400],
          ['text/plain', 'a=1', 415],
          ['application/xml', '<a/>', 415],
        ]
        for (const [type, body, expected] of bodies) {
          const { status, text } = await send(w, { ...to(route), token: tokenOf(route), type, body })
          // Who is not let in is told so first.
          const refused = knowsOthers(route) && status === 401
          assert.ok(status === expected || refused, `${type} ${body}: ${status} ${text}`)
        }
      })
    }
  })
}

describe('limits of single routes', () => {
  let w: World
  const tokens: string[] = []
  before(async () => {
    w = await world({ settings: { RATE_LIMITS: 'on' } })
    for (let n = 0; n < 3; n++) tokens.push(await tokenFor(w, w.cast.bob, SCOPES))
  })
  after(() => w.close())

  for (const { route, limit: family } of limited) {
    const { limit, per } = families[family as LimitFamily]
    test(`ACC-09 ACC-21 ${route} answers 429 after ${limit} tries, and no more once their time is over`, async () => {
      const { method, path } = routeOf({ route })
      // One token may ask for less than some routes let its member do.
      const attempt = (n: number) =>
        send(w, {
          method,
          path: path.replace(/:[^/]+/g, '77'),
          token: tokens[Math.floor(n / 200)] as string,
          type: JSON_TYPE,
          body: '{}',
        })
      for (let n = 0; n < limit; n++) {
        const { status, text } = await attempt(n)
        assert.notEqual(status, 429, `${n}: ${text}`)
      }
      const over = await attempt(limit)
      assert.deepEqual([over.status, over.text], [429, '{"error":"Too many requests"}'])
      const told = ['limit', 'remaining', 'reset'].map((name) => over.headers.get(`x-ratelimit-${name}`))
      const resetsAt = new Date((Math.floor(w.app.now() / per) + 1) * per).toISOString()
      assert.deepEqual(told, [String(limit), '0', resetsAt.replace('Z', '000Z')])
      assert.equal(
        Number(over.headers.get('retry-after')),
        Math.ceil((Date.parse(resetsAt) - w.app.now()) / 1000),
      )
      w.clock.advance(per)
      assert.notEqual((await attempt(0)).status, 429)
      w.clock.advance(24 * 3_600_000)
    })
  }
})
