import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { routeOf } from '#platform/http/mount.ts'
import { endpoints } from '../src/endpoints.ts'
import type { Belongings } from './belongings.ts'
import { belongingsOf, everythingOf } from './belongings.ts'
import { ask, isKeepers, KEEPER_SCOPES, thingOf } from './routes.ts'
import type { Client, World } from './world.ts'
import { databases, world } from './world.ts'

/** Routes whose name is no id of anything that belongs to somebody. */
const open = [/\/accounts\/:id/, /\/announcements\//, /\/async_refreshes\//]
/** Routes that take any name: a word, or what to take away if it is there. */
const anyName = [
  /^(?:GET|POST) \/api\/v1\/tags\/:name/,
  /^DELETE \/api\/v1\/suggestions\/:id$/,
  /^POST \/api\/v2\/notifications\/:group_key\/dismiss$/,
]
const elsewhere: Record<string, string> = {
  'GET /api/v1/streaming/:any{.+}': 'streams are tried in src/streaming',
  'GET /api/v1/timelines/tag/:hashtag': 'a word',
  'GET /api/web/embeds/:id': 'asked with a session of the pages: src/web/web-api.test.ts',
  'GET /api/v1/instance/terms_of_service/:date': 'a date',
}
for (const method of ['PUT', 'PATCH', 'DELETE'])
  elsewhere[`${method} /api/web/push_subscriptions/:id`] =
    'of a session of the pages: src/web/push-api.test.ts'

const withIds = endpoints.filter(({ route }) => route.includes(':') && !(route in elsewhere))
const takesAny = (route: string) => anyName.some((pattern) => pattern.test(route))
/** A collection is read by whoever knows of it. */
const readByAll = (route: string) => /^GET .*\/collections\/:id$/.test(route)
const isOpen = (path: string) => open.some((pattern) => pattern.test(path))

// Who reads a collection sees who is in it, and may not speak for them.
const NOT_ALLOWED = '{"error":"This action is not allowed"}'
const NOT_FOUND = '{"error":"Record not found"}'
const noIds = ['77', '0', '-1', '1.5', '1e3', 'abc', '9223372036854775808', '9'.repeat(30), "1'--", '١']

test('every route with an id in it is tried with those of others, or says where it is', () => {
  const forgotten = withIds.filter(({ route }) => {
    const { path } = routeOf({ route })
    return !isOpen(path) && !takesAny(route) && !isKeepers(route) && !thingOf(path)
  })
  assert.deepEqual(
    forgotten.map(({ route }) => route),
    [],
  )
})

for (const database of databases) {
  describe(`what belongs to somebody else does not exist (${database})`, () => {
    let w: World
    let bobs: Belongings
    let atFirst: unknown
    let mallory: Client
    let keeper: Client
    before(async () => {
      w = await world({ database })
      mallory = w.as('mallory')
      keeper = w.as('alice', KEEPER_SCOPES)
      bobs = await belongingsOf(w, 'bob')
      atFirst = await everythingOf(w.as('bob'), bobs)
    })
    after(() => w.close())

    for (const endpoint of withIds) {
      const { path } = routeOf(endpoint)
      const found = isOpen(path) ? undefined : thingOf(path)
      if (!takesAny(endpoint.route))
        test(`${endpoint.route} finds nothing where no id is`, async () => {
          for (const id of noIds) {
            const { status, text } = await ask(isKeepers(endpoint.route) ? keeper : mallory, endpoint, [id])
            assert.deepEqual([id, status, text], [id, 404, NOT_FOUND])
          }
        })
      if (found && !readByAll(endpoint.route))
        test(`${found[2]} ${endpoint.route} finds nothing of another member`, async () => {
          const { status, text } = await ask(mallory, endpoint, bobs[found[1]])
          const refused = endpoint.route.endsWith('/items/:id/revoke') ? [403, NOT_ALLOWED] : [404, NOT_FOUND]
          assert.deepEqual([status, text], takesAny(endpoint.route) ? [200, '{}'] : refused)
        })
    }

    for (const endpoint of endpoints.filter(({ route }) => isKeepers(route)))
      test(`AZ-13 AZ-17 ${endpoint.route} does nothing for a member, whatever their token may`, async () => {
        const { status, text } = await ask(w.as('mallory', KEEPER_SCOPES), endpoint, ['1'])
        assert.deepEqual([status, text], [403, NOT_ALLOWED])
      })

    test('AZ-04 AZ-09 an id inside a request finds nothing of another member either', async () => {
      const [secret, file] = [bobs.privateStatus[0], bobs.media[0]]
      const filter = (await mallory.post('/api/v2/filters', { title: 'mine', context: ['home'] })).body as {
        id: string
      }
      const asked: [path: string, body: Record<string, unknown>, status: number][] = [
        ['/api/v1/statuses', { status: 'reply', in_reply_to_id: secret }, 404],
        ['/api/v1/statuses', { status: 'with a picture', media_ids: [file] }, 422],
        [`/api/v2/filters/${filter.id}/statuses`, { status_id: secret }, 404],
        ['/api/v1/notifications/dismiss', { id: bobs.notification[0] }, 404],
        // Those who may be asked for many at once are told of those that are theirs.
        ['/api/v1/notifications/requests/accept', { id: bobs.notificationRequest }, 200],
        ['/api/v1/notifications/requests/dismiss', { id: bobs.notificationRequest }, 200],
        ['/api/v1/reports', { account_id: String(w.cast.bob.id), status_ids: [secret] }, 404],
      ]
      for (const [path, body, expected] of asked) {
        const { status, text } = await mallory.post(path, body)
        assert.deepEqual([path, status], [path, expected], text)
      }
      assert.deepEqual((await mallory.get(`/api/v1/statuses?id[]=${secret}`)).body, [])
    })

    test('and all of it is as it was afterwards', async () => {
      assert.deepEqual(await everythingOf(w.as('bob'), bobs), atFirst)
    })
  })
}
