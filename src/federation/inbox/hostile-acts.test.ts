import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { accountByUri } from '#accounts/accounts.ts'
import { accountAt } from '#federation/fetch/fetch-account.ts'
import { statusAt } from '#federation/fetch/fetch-status.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, START, world } from '../../../test/world.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const iso = (at: number) => new Date(at).toISOString()

for (const database of databases) {
  describe(`acts that nobody may do (${database})`, () => {
    let network: Network
    let documents: Map<string, Record<string, unknown>>
    let w: World
    let mal: Stranger
    let eve: Stranger
    let vic: Stranger

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test', 'v.test'])
      mal = stranger(documents, 'e.test', 'mal')
      eve = stranger(documents, 'e.test', 'eve')
      vic = stranger(documents, 'v.test', 'vic')
      for (const one of [mal, vic]) {
        const account = await accountAt(w.app, one.uri)
        await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
        const { uri } = await w.app.db
          .selectFrom('follow_request')
          .select('uri')
          .where('target_id', '=', account?.id ?? 0)
          .executeTakeFirstOrThrow()
        assert.equal(await one.send(w, one.activity('Accept', uri)), 202)
      }
      await w.settle()
    })
    afterEach(() => w.close())

    const send = async (who: Stranger, ...activities: Record<string, unknown>[]) => {
      for (const activity of activities) assert.equal(await who.send(w, activity), 202)
      await w.settle()
    }
    const create = (who: Stranger, label: string, more = {}) => who.activity('Create', who.note(label, more))
    const rowOf = (uri: string) =>
      w.app.db.selectFrom('status').selectAll().where('uri', '=', uri).executeTakeFirst()
    const stateOf = async (id: number | string) =>
      (await w.as('bob').get(`/api/v1/accounts/relationships?id[]=${id}`)).body as { following: boolean }[]

    test('ACT-04 a new version of an old post that nobody here had brings it to nobody', async () => {
      const old = mal.note('from last week', { published: iso(START - 2 * DAY), updated: iso(START) })
      await send(mal, mal.activity('Update', old))
      assert.equal(await rowOf(old.id), undefined)
      const late = mal.note('from this morning', { published: iso(START - HOUR), updated: iso(START) })
      await send(mal, mal.activity('Update', late))
      assert.ok(await rowOf(late.id), 'a Create may have been lost')
    })

    test('ACT-19 what an author shows to followers is shown to no other member here, by whatever way', async () => {
      const note = vic.note('for bob alone', { to: [`${vic.uri}/followers`], cc: [] })
      const reply = vic.note('and this', { to: [`${vic.uri}/followers`], cc: [], inReplyTo: note.id })
      await send(vic, vic.activity('Create', note), vic.activity('Create', reply))
      const id = String((await rowOf(note.id))?.id)
      const author = await accountByUri(w.app, vic.uri)
      assert.equal((await w.as('bob').get(`/api/v1/statuses/${id}`)).status, 200)
      for (const one of [w.as('alice'), w.as('carol'), w.anyone]) {
        assert.equal((await one.get(`/api/v1/statuses/${id}`)).status, 404)
        assert.equal((await one.get(`/api/v1/statuses/${id}/context`)).status, 404)
        assert.deepEqual((await one.get(`/api/v1/accounts/${author?.id}/statuses`)).body, [])
      }
      const found = await w.as('alice').get(`/api/v2/search?resolve=true&q=${encodeURIComponent(note.id)}`)
      assert.deepEqual((found.body as { statuses: Status[] }).statuses, [])
    })

    test('ACT-23 nobody blocks in the name of another', async () => {
      const target = await accountByUri(w.app, mal.uri)
      assert.equal(await eve.send(w, mal.activity('Block', w.cast.bob.uri)), 401)
      await send(eve, { ...eve.activity('Block', w.cast.bob.uri), attributedTo: mal.uri })
      assert.equal((await stateOf(target?.id ?? 0))[0]?.following, true)
      await send(mal, mal.activity('Block', w.cast.bob.uri))
      assert.equal((await stateOf(target?.id ?? 0))[0]?.following, false, 'their own block counts')
    })

    test('ACT-30 naming a post that exists, with other readers, shows it to nobody more', async () => {
      const secret = (await w.as('carol').post('/api/v1/statuses', { status: 'mine', visibility: 'private' }))
        .body as Status
      const note = vic.note('for followers', { to: [`${vic.uri}/followers`], cc: [] })
      await send(vic, vic.activity('Create', note))
      const known = await rowOf(note.id)
      for (const [uri, author] of [
        [secret.uri, w.cast.carol.uri],
        [note.id, vic.uri],
      ])
        for (const attributedTo of [author, mal.uri])
          await send(
            mal,
            mal.activity('Create', {
              ...mal.note('named'),
              id: uri,
              attributedTo,
              to: [PUBLIC, w.cast.alice.uri],
              tag: [{ type: 'Mention', href: w.cast.alice.uri }],
            }),
          )
      await send(vic, vic.activity('Create', { ...note, to: [PUBLIC, w.cast.alice.uri] }))
      assert.equal((await rowOf(note.id))?.visibility, 'private')
      assert.equal((await w.as('alice').get(`/api/v1/statuses/${known?.id}`)).status, 404)
      assert.equal((await w.as('alice').get(`/api/v1/statuses/${secret.id}`)).status, 404)
      assert.deepEqual((await w.as('alice').get('/api/v1/notifications')).body, [])
    })

    test('ACT-33 an answer to a post that its author cannot see shows nothing of it to anybody', async () => {
      const secret = (
        await w.as('carol').post('/api/v1/statuses', { status: 'a secret', visibility: 'private' })
      ).body as Status
      const reply = mal.note('pulling', { inReplyTo: secret.uri })
      await send(mal, mal.activity('Create', reply))
      const row = await rowOf(reply.id)
      if (row) {
        const { text } = await w.as('bob').get(`/api/v1/statuses/${row.id}/context`)
        assert.doesNotMatch(text, /a secret/)
        const shown = (await w.as('bob').get(`/api/v1/statuses/${row.id}`)).text
        assert.doesNotMatch(shown, /a secret/)
      }
      const { descendants } = (await w.as('carol').get(`/api/v1/statuses/${secret.id}/context`)).body as {
        descendants: Status[]
      }
      assert.deepEqual(descendants, [], 'nor does it stand in her thread')
      assert.deepEqual((await w.as('carol').get('/api/v1/notifications')).body, [])
    })

    test('ACT-34 addressing says who reads, and a mention who is told', async () => {
      const tag = [{ type: 'Mention', href: w.cast.alice.uri, name: '@alice' }]
      const followers = `${mal.uri}/followers`
      const cases: [string, Record<string, unknown>, string, boolean, boolean][] = [
        ['named, not addressed', { to: [followers], cc: [], tag }, 'private', true, true],
        ['addressed, not named', { to: [w.cast.alice.uri], cc: [] }, 'direct', true, false],
        ['both', { to: [w.cast.alice.uri], cc: [], tag }, 'direct', true, true],
        ['neither', { to: [followers], cc: [] }, 'private', false, false],
      ]
      for (const [label, how, visibility, reads, told] of cases) {
        await send(mal, create(mal, label, how))
        const row = await rowOf(mal.note(label).id)
        assert.equal(row?.visibility, visibility, label)
        const { status } = await w.as('alice').get(`/api/v1/statuses/${row?.id}`)
        assert.equal(status === 200, reads, label)
        const notices = await w.app.db
          .selectFrom('notification')
          .select('id')
          .where('status_id', '=', row?.id ?? 0)
          .where('account_id', '=', w.cast.alice.id)
          .execute()
        assert.equal(notices.length > 0, told, label)
      }
      const crowd = Array.from({ length: 1000 }, (_, n) => ({
        type: 'Mention',
        href: `https://v.test/users/u${n}`,
      }))
      network.log.length = 0
      await send(mal, create(mal, 'everybody', { tag: [...crowd, ...tag], cc: [followers] }))
      assert.ok(network.log.length <= 20, 'few are looked up')
    })

    test('ACT-39 a post is not taken away because its server does not have it for once', async () => {
      await send(vic, create(vic, 'still here'))
      const { id } = vic.note('still here')
      documents.delete(id)
      const shown = await rowOf(id)
      await w.as('bob').get(`/api/v2/search?resolve=true&q=${encodeURIComponent(id)}`)
      await w.as('bob').get(`/api/v1/statuses/${shown?.id}/context`)
      w.clock.advance(2 * HOUR)
      await w.settle()
      assert.ok(await statusAt(w.app, id))
    })

    test('ACT-40 an account ends when its own server says so twice, an hour apart, and not before', async () => {
      const answers = network.hostOf('v.test')
      let status = 410
      network.host('v.test', async (request) =>
        request.url.href === vic.uri && status !== 200
          ? { status, headers: {}, body: Buffer.from('') }
          : answers(request),
      )
      const isThere = async () => (await accountByUri(w.app, vic.uri)) !== undefined
      await accountAt(w.app, vic.uri, { refresh: true })
      await w.settle()
      assert.ok(await isThere(), 'once is not enough')
      status = 200
      w.clock.advance(HOUR + 1)
      await w.settle()
      assert.ok(await isThere(), 'it was there when asked again')
      for (const code of [404, 410]) {
        status = code
        await accountAt(w.app, vic.uri, { refresh: true })
        assert.ok(await isThere())
        w.clock.advance(HOUR + 1)
        await w.settle()
        assert.equal(await isThere(), code === 404)
      }
    })
  })
}
