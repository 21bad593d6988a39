import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import type { World } from './world.ts'
import { world } from './world.ts'

const ORIGIN = 'https://app.elsewhere.example'
const ASKED = 'authorization, content-type, idempotency-key'
const EXPOSED = ['Link', 'Mastodon-Async-Refresh', 'X-RateLimit-Limit', 'X-RateLimit-Remaining']

/** Doors of the API that only servers and pages of ours knock at. */
const closed = new Set(['POST /oauth/introspect', 'GET /oauth/token/info'])
/** For whoever keeps the server. */
const keepers = new Set(['GET /metrics', 'GET /api/v1/streaming/health'])

describe('scripts of other origins', () => {
  let w: World
  before(async () => {
    w = await world()
  })
  after(() => w.close())

  const send = (method: string, path: string, headers: Record<string, string> = {}) =>
    w.site.request(`https://here.example${path}`, {
      method,
      headers: { Host: 'here.example', Origin: ORIGIN, ...headers },
    })
  const question = (method: string, path: string) =>
    send('OPTIONS', path, {
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': ASKED,
    })

  for (const { route } of endpoints.filter((endpoint) => !keepers.has(endpoint.route))) {
    const { method, path } = routeOf({ route })
    const to = path.replace(/:[^/]+/g, '1')
    const isOpen = !closed.has(route)
    test(`WEB-06 ${route} ${isOpen ? 'may be asked' : 'is not for them'}`, async () => {
      const told = await question(method, to)
      const answer = await send(method, to)
      for (const { headers } of [told, answer]) {
        assert.equal(headers.get('access-control-allow-origin'), isOpen ? '*' : null)
        assert.equal(headers.get('access-control-allow-credentials'), null)
      }
      if (!isOpen) return
      assert.equal(told.status, 204)
      assert.ok(told.headers.get('access-control-allow-methods')?.split(', ').includes(method))
      assert.equal(told.headers.get('access-control-allow-headers'), ASKED)
      if (!path.startsWith('/api/')) return
      const exposed = answer.headers.get('access-control-expose-headers') ?? ''
      for (const name of EXPOSED) assert.ok(exposed.split(', ').includes(name), name)
    })
  }

  test('WEB-06 read the documents that lead to the API, and no page', async () => {
    const documents = ['/.well-known/nodeinfo', '/.well-known/oauth-authorization-server', '/nodeinfo/2.0']
    const host = ['/.well-known/host-meta', '/.well-known/webfinger?resource=acct:alice@here.example']
    for (const path of [...documents, ...host])
      assert.equal((await send('GET', path)).headers.get('access-control-allow-origin'), '*', path)
    const pages = ['/', '/about', '/auth/sign_in', '/oauth/authorize', '/settings/account', '/home']
    for (const path of pages)
      for (const method of ['GET', 'OPTIONS'])
        assert.equal((await send(method, path)).headers.get('access-control-allow-origin'), null, path)
  })

  test('open the pages where people sign in and consent in a window of theirs, and see when it closes', async () => {
    for (const path of ['/auth/sign_in', '/oauth/authorize'])
      assert.equal((await send('GET', path)).headers.get('cross-origin-opener-policy'), null, path)
  })
})
