import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import type { Endpoint } from '#platform/http/endpoint.ts'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import type { Belongings } from './belongings.ts'
import { belongingsOf } from './belongings.ts'
import { ask, isKeepers, KEEPER_SCOPES, thingOf } from './routes.ts'
import type { Client, World } from './world.ts'
import { databases, world } from './world.ts'

/** What pages are asked for by mistake or on purpose (PAR-20, PAR-28). */
const oddQueries = [
  'limit=1000000000',
  'limit=-1',
  'limit=abc',
  'offset=-5',
  'offset=99999999',
  'max_id=99999999999999999999&since_id=abc&min_id=-5',
  'max_id=9223372036854775808',
  'id[]=abc&id[]=99999999999999999999999&id=%27',
  'types[]=nothing&exclude_types[]=%00x',
  'types[0][0]=a&timeline[a]=b',
  'q=%22&type=nonsense&resolve=perhaps&lang=%F0%9F%91%8D',
  'q=%F0%9F%91%8D+AND+%28&acct=@@@&url=javascript:1&tag=&list=&any[]=%25&all[]=_',
]

/** What fields are filled with (PAR-06, PAR-07, PAR-08, PAR-22, PAR-28). */
const oddValues: unknown[] = [
  'a\0b',
  '\ud800',
  '\u202e\u200b\ufeff',
  '0000-00-00',
  '99999-12-31T25:61:61Z',
  'x'.repeat(200_000),
  2 ** 53,
  -1e308,
  [],
  [[[[['deep']]]]],
  { a: { b: { c: 1 } } },
  { 999999999: { name: 'far' } },
  JSON.parse('{"__proto__":{"canary":"sings"},"constructor":{"prototype":{"canary":"sings"}}}'),
]

/** Those who ask who is there by other means than a member's token. */
const knowsOthers = (path: string) => path.startsWith('/oauth/') || path.startsWith('/api/web/')
const reads = endpoints.filter(({ route }) => route.startsWith('GET ') && !route.includes('/streaming'))
const writes = endpoints.filter(({ body }) => body)

function fieldsOf(endpoint: Endpoint): string[] {
  const printed = z.toJSONSchema(endpoint.body as z.ZodType, { io: 'input', unrepresentable: 'any' })
  return Object.keys(printed.properties ?? {})
}

for (const database of databases) {
  describe(`odd requests are answered as such (${database})`, () => {
    let w: World
    let bob: Client
    let keeper: Client
    let bobs: Belongings
    before(async () => {
      w = await world({ database })
      bob = w.as('bob')
      keeper = w.as('alice', KEEPER_SCOPES)
      bobs = await belongingsOf(w, 'bob')
    })
    after(() => w.close())

    const clientOf = (route: string) => (isKeepers(route) ? keeper : bob)

    /** Ids that are there, so that a request gets past them. */
    function idsFor(path: string): string[] {
      const found = thingOf(path)
      if (found) return bobs[found[1]]
      return [path.includes('/accounts/') ? String(w.cast.alice.id) : 'wall']
    }

    for (const endpoint of reads) {
      test(`PAR-20 PAR-28 ${endpoint.route} with an odd query`, async () => {
        const { path } = routeOf(endpoint)
        const ids = [...idsFor(path)]
        const to = path.replace(/:[^/]+/g, () => encodeURIComponent(ids.shift() ?? '1'))
        for (const query of oddQueries) {
          const { status, text } = await clientOf(endpoint.route).get(`${to}?${query}`)
          const isRead = status < 500 && (status !== 401 || knowsOthers(path))
          assert.ok(isRead, `${query}: ${status} ${text.slice(0, 300)}`)
        }
      })
    }

    for (const endpoint of writes) {
      test(`PAR-06 PAR-08 PAR-28 ${endpoint.route} with odd fields`, async () => {
        const { path } = routeOf(endpoint)
        for (const field of fieldsOf(endpoint))
          for (const value of oddValues) {
            const { status, text } = await ask(clientOf(endpoint.route), endpoint, idsFor(path), {
              [field]: value,
            })
            const what = `${field} = ${JSON.stringify(value).slice(0, 60)}`
            assert.ok(
              status < 500 && (status !== 401 || knowsOthers(path)),
              `${what}: ${status} ${text.slice(0, 300)}`,
            )
            assert.ok(!text.includes('sings'), what)
          }
        assert.equal(({} as { canary?: string }).canary, undefined)
      })
    }

    test('PAR-18 and everything that they left can still be read', async () => {
      for (const endpoint of reads) {
        const { status, text } = await ask(clientOf(endpoint.route), endpoint, idsFor(routeOf(endpoint).path))
        assert.ok(status < 500, `${endpoint.route}: ${status} ${text.slice(0, 300)}`)
      }
      for (const path of ['/@bob', '/users/bob/outbox', '/@bob.rss', '/about']) {
        assert.ok((await w.anyone.get(path)).status < 500, path)
      }
    })
  })
}
