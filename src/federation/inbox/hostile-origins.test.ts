import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { hostOf } from '../shapes/shape.ts'

const DAY = 86_400_000
type Json = Record<string, unknown>

for (const database of databases) {
  describe(`whose word it is (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
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
      for (const who of [mal, eve, vic]) await followed(who)
    })
    afterEach(() => w.close())

    const accountOf = (uri: string) =>
      w.app.db.selectFrom('account').selectAll().where('uri', '=', uri).executeTakeFirst()
    /** bob follows them, so that what they post concerns somebody here. */
    async function followed(who: Stranger) {
      const account = await w.app.fediverse.findAccount(who.uri)
      await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      const asked = await w.app.db.selectFrom('follow_request').select('uri').execute()
      for (const { uri } of asked) await who.send(w, who.activity('Accept', uri))
      await w.settle()
    }
    const take = async (who: Stranger, ...activities: Json[]) => {
      for (const activity of activities) assert.equal(await who.send(w, activity), 202)
      await w.settle()
    }
    const create = (who: Stranger, label: string, more: Json = {}) =>
      who.activity('Create', who.note(label, more))
    const home = async (who: 'bob' | 'carol' = 'bob') =>
      (await w.as(who).get('/api/v1/timelines/home')).body as Status[]
    const texts = async () => (await home()).map((each) => each.content.replace(/<[^>]+>/g, ''))

    test('ORG-01 an activity of somebody else than the signer is refused', async () => {
      assert.equal(await mal.send(w, vic.activity('Create', vic.note('never'))), 401)
      assert.equal(await mal.send(w, eve.activity('Follow', w.cast.alice.uri)), 401)
      await w.settle()
      assert.deepEqual(await texts(), [])
    })

    test('ORG-15 an actor that comes along inside changes nothing that is known of them', async () => {
      const before = await accountOf(vic.uri)
      const grown = {
        ...documents.get(vic.uri),
        inbox: 'https://v.test/other',
        name: 'New',
        publicKey: { id: vic.keyId, owner: vic.uri, publicKeyPem: mal.keys.rsa.publicPem },
      }
      await take(vic, { ...create(vic, 'with actor'), actor: grown })
      await take(vic, { ...vic.activity('Follow', w.cast.alice.uri), actor: grown })
      const after = await accountOf(vic.uri)
      assert.deepEqual([after?.inbox_url, after?.display_name], [before?.inbox_url, ''])
      assert.equal(await vic.send(w, create(vic, 'same key')), 202)
    })

    test('ORG-21 the page of a post is a web address or nothing but its id', async () => {
      const urls = ['javascript:alert(1)', 'data:text/html,x', 'https://v.test/elsewhere', undefined]
      await take(mal, ...urls.map((url, at) => create(mal, `post ${at}`, { url })))
      const found = new Map((await home()).map((each) => [each.content, each.url]))
      for (const [at, url] of urls.entries()) {
        const expected = url?.startsWith('https:') ? url : `${mal.uri}/notes/post-${at}`
        assert.equal(found.get(`<p>post ${at}</p>`), expected)
      }
    })

    test('ORG-23 one host has one name, however it is written, and a block knows it', async () => {
      for (const host of [
        'e.test',
        'E.TEST',
        'e.test.',
        'e.test:443',
        'E.Test:443',
        'e.test#x',
        'e.test?x',
        'e\u3002test',
      ])
        assert.equal(hostOf(`https://${host}`), 'e.test', host)
      assert.equal(hostOf('https://b\u00fccher.test'), hostOf('https://xn--bcher-kva.test'))
      await w.as('bob').post('/api/v1/domain_blocks', { domain: 'E.TEST.' })
      await w.settle()
      for (const [at, origin] of ['https://E.TEST', 'https://e.test:443'].entries())
        await mal.send(
          w,
          mal.activity('Create', { ...mal.note(`spelled ${at}`), id: `${origin}/users/mal/notes/${at}` }),
        )
      await take(mal, create(mal, 'plain'))
      await take(vic, create(vic, 'heard'))
      assert.deepEqual(await texts(), ['heard'])
    })

    test('ORG-24 nothing becomes a thing of another kind', async () => {
      await take(mal, create(mal, 'a note'))
      const { id } = mal.note('a note')
      const updated = new Date(w.app.now()).toISOString()
      await take(mal, mal.activity('Update', { ...documents.get(mal.uri), id }))
      const question = {
        ...mal.note('a note'),
        type: 'Question',
        oneOf: [
          { type: 'Note', name: 'a' },
          { type: 'Note', name: 'b' },
        ],
        updated,
      }
      await take(mal, mal.activity('Update', question))
      assert.equal((await home())[0]?.poll?.options.length, 2)
      for (const type of ['Group', 'Application', 'Note']) {
        documents.set(mal.uri, { ...documents.get(mal.uri), type, name: `as ${type}` })
        await take(mal, mal.activity('Update', documents.get(mal.uri)))
        assert.equal((await accountOf(mal.uri))?.actor_type, 'Person', type)
      }
      documents.set(mal.uri, { ...documents.get(mal.uri), type: 'Service' })
      await take(mal, mal.activity('Update', documents.get(mal.uri)))
      assert.equal((await accountOf(mal.uri))?.actor_type, 'Service')
    })

    test('ORG-27 another’s followers are not made one’s own by naming their address', async () => {
      for (const followers of [`${vic.uri}/followers`, PUBLIC, `${w.cast.alice.uri}/followers`]) {
        documents.set(mal.uri, { ...documents.get(mal.uri), followers })
        await take(mal, mal.activity('Update', documents.get(mal.uri)))
        assert.equal((await accountOf(mal.uri))?.followers_url, null)
        await take(mal, create(mal, `to ${followers}`, { to: [followers], cc: [] }))
      }
      documents.set(mal.uri, { ...documents.get(mal.uri), followers: `${eve.uri}/followers` })
      await take(mal, mal.activity('Update', documents.get(mal.uri)))
      const account = await w.app.fediverse.findAccount(eve.uri)
      await w.as('carol').post(`/api/v1/accounts/${account?.id}/follow`)
      const asked = await w.app.db.selectFrom('follow_request').select('uri').execute()
      for (const { uri } of asked) await eve.send(w, eve.activity('Accept', uri))
      await take(mal, create(mal, 'to the followers of eve', { to: [`${eve.uri}/followers`], cc: [] }))
      assert.deepEqual(
        (await home('carol')).map((each) => each.content),
        [],
      )
    })

    test('ORG-30 no post is of the future or of before our time', async () => {
      const times = [
        '9999-12-31T23:59:59Z',
        '+275760-09-13T00:00:00Z',
        '0001-01-01T00:00:00Z',
        '1969-12-31T23:59:59Z',
        'yesterday',
        new Date(w.app.now() + 13 * 3_600_000).toISOString(),
      ]
      await take(mal, ...times.map((published, at) => create(mal, `time ${at}`, { published })))
      const kept = await w.app.db.selectFrom('status').select(['created_at', 'id']).execute()
      assert.equal(kept.length, times.length)
      for (const { created_at } of kept)
        assert.ok(created_at <= w.app.now() && created_at > Date.UTC(2010, 0, 1), String(created_at))
      w.clock.advance(DAY)
      await take(mal, create(mal, 'newest', { published: new Date(w.app.now()).toISOString() }))
      assert.equal((await texts())[0], 'newest')
    })
  })
}
