import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const HOUR = 3_600_000

for (const database of databases) {
  describe(`hostile peers (${database})`, () => {
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
      // bob follows all three, so that what they post concerns somebody here.
      for (const { uri } of [mal, eve, vic]) {
        const account = await w.app.fediverse.findAccount(uri)
        await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      }
      await w.settle()
      for (const one of [mal, eve, vic]) {
        const follow = await w.app.db.selectFrom('follow_request').selectAll().execute()
        const id = follow.find((row) => row.uri.length > 0 && documents.has(one.uri))?.uri
        for (const { uri } of follow) await one.send(w, one.activity('Accept', uri))
        assert.ok(id)
      }
      await w.settle()
      network.log.length = 0
    })
    afterEach(() => w.close())

    const posts = async () =>
      ((await w.as('bob').get('/api/v1/timelines/home')).body as Status[]).map((each) =>
        each.content.replace(/<[^>]+>/g, ''),
      )
    const create = (who: Stranger, label: string, more = {}) => who.activity('Create', who.note(label, more))
    const sendAll = async (who: Stranger, ...activities: Record<string, unknown>[]) => {
      for (const activity of activities) assert.equal(await who.send(w, activity), 202)
      await w.settle()
    }

    test('a signed post of somebody followed arrives', async () => {
      await sendAll(mal, create(mal, 'hello'))
      assert.deepEqual(await posts(), ['hello'])
    })

    test('SIG-01 SIG-02 SIG-03 unsigned and altered requests are refused, nothing stored, nobody asked', async () => {
      const activity = create(mal, 'never')
      assert.equal(await mal.send(w, activity, { unsigned: true }), 401)
      assert.equal(await mal.send(w, activity, { alter: (_, body) => body.replace('never', 'NEVER') }), 401)
      const noDigest = (headers: Headers, body: string) => {
        headers.delete('digest')
        return body
      }
      assert.equal(await mal.send(w, activity, { alter: noDigest }), 401)
      await w.settle()
      assert.deepEqual(await posts(), [])
      assert.deepEqual(network.log, [])
    })

    test('SIG-06 SIG-09 a signature is good for one address and one hour', async () => {
      const activity = create(mal, 'late')
      assert.equal(await mal.send(w, activity, { at: w.app.now() - 61 * 60_000 }), 401)
      assert.equal(await mal.send(w, activity, { at: w.app.now() - 13 * HOUR }), 401)
      assert.equal(await mal.send(w, activity, { at: w.app.now() + 61 * 60_000 }), 401)
      assert.equal(await mal.send(w, activity, { at: w.app.now() - 59 * 60_000 }), 202)
    })

    test('SIG-11 the same activity a hundred times has one effect', async () => {
      const activity = create(mal, 'again @alice', {
        tag: [{ type: 'Mention', href: w.cast.alice.uri }],
        cc: [w.cast.alice.uri],
      })
      const statuses = await Promise.all(Array.from({ length: 100 }, () => mal.send(w, activity)))
      assert.ok(statuses.every((status) => status === 202))
      await w.settle()
      assert.deepEqual(await posts(), ['again @alice'])
      const { body } = await w.as('alice').get('/api/v1/notifications?types[]=mention')
      assert.equal((body as unknown[]).length, 1)
    })

    test('SIG-12 a like that was taken back stays so when it is replayed', async () => {
      const { body } = await w.as('alice').post('/api/v1/statuses', { status: 'like me' })
      const { id, uri } = body as Status
      const like = mal.activity('Like', uri)
      await sendAll(mal, like, mal.activity('Undo', like))
      w.clock.advance(8 * 24 * HOUR)
      await w.app.inTransaction(async (tx) => void (await tx.db.deleteFrom('seen').execute()))
      await sendAll(mal, like)
      assert.equal(((await w.anyone.get(`/api/v1/statuses/${id}`)).body as Status).favourites_count, 0)
    })

    test('SIG-13 SIG-14 nobody signs for somebody else', async () => {
      assert.equal(await eve.send(w, create(mal, 'as mal')), 401)
      assert.equal(await mal.send(w, create(vic, 'as vic')), 401)
      await w.settle()
      assert.deepEqual(await posts(), [])
    })

    test('SIG-30 the end of an actor we never knew is taken without asking for a key', async () => {
      const ghost = stranger(new Map(), 'gone.test', 'ghost')
      assert.equal(await ghost.send(w, ghost.activity('Delete', ghost.uri)), 202)
      assert.deepEqual(network.log, [])
    })

    test('ORG-02 ORG-03 ORG-04 ORG-05 ids and authors of others are dropped', async () => {
      const foreignId = { ...mal.note('a'), id: `${vic.uri}/notes/fake` }
      const foreignAuthor = mal.note('b', { attributedTo: eve.uri })
      const twoAuthors = mal.note('c', { attributedTo: [mal.uri, vic.uri] })
      const activityElsewhere = { ...create(mal, 'd'), id: `${vic.uri}/activities/1` }
      await sendAll(
        mal,
        ...[foreignId, foreignAuthor, twoAuthors].map((note) => mal.activity('Create', note)),
        activityElsewhere,
      )
      assert.deepEqual(await posts(), [])
    })

    test('ORG-19 a post whose id is on our domain is never stored as theirs', async () => {
      await sendAll(
        mal,
        mal.activity('Create', { ...mal.note('ours'), id: 'https://here.example/ap/users/1/statuses/2' }),
      )
      assert.deepEqual(await posts(), [])
    })

    test('ACT-01 ACT-02 ACT-05 strangers change and delete nothing', async () => {
      await sendAll(mal, create(mal, 'original'))
      const { id } = mal.note('original')
      const changed = {
        ...mal.note('original'),
        content: '<p>changed</p>',
        updated: new Date(w.app.now()).toISOString(),
      }
      await sendAll(eve, eve.activity('Update', changed), eve.activity('Delete', id))
      await sendAll(vic, vic.activity('Update', changed), vic.activity('Delete', id))
      assert.deepEqual(await posts(), ['original'])
      await sendAll(mal, mal.activity('Delete', { id, type: 'Tombstone' }))
      assert.deepEqual(await posts(), [])
    })

    test('ACT-03 ACT-08 nobody changes or ends the account of another', async () => {
      await sendAll(
        mal,
        mal.activity('Update', { ...documents.get(vic.uri), name: 'Owned' }),
        mal.activity('Delete', vic.uri),
      )
      const row = await w.app.db
        .selectFrom('account')
        .selectAll()
        .where('uri', '=', vic.uri)
        .executeTakeFirst()
      assert.equal(row?.display_name, '')
    })

    test('ACT-06 ACT-07 a deletion in advance counts only for who sent it', async () => {
      await sendAll(eve, eve.activity('Delete', `${mal.uri}/notes/future`))
      await sendAll(vic, vic.activity('Delete', `${mal.uri}/notes/future`))
      await sendAll(mal, create(mal, 'future'))
      assert.deepEqual(await posts(), ['future'])
    })

    test('FAIL-19 a deletion that overtakes its post wins', async () => {
      await sendAll(mal, mal.activity('Delete', `${mal.uri}/notes/early`), create(mal, 'early'))
      assert.deepEqual(await posts(), [])
    })

    test('ACT-09 an act is taken back by who did it', async () => {
      const { body } = await w.as('alice').post('/api/v1/statuses', { status: 'liked' })
      const { id, uri } = body as Status
      const like = mal.activity('Like', uri)
      await sendAll(mal, like)
      await sendAll(eve, eve.activity('Undo', like), eve.activity('Undo', like.id))
      assert.equal(((await w.anyone.get(`/api/v1/statuses/${id}`)).body as Status).favourites_count, 1)
    })

    test('ACT-10 what is boosted comes from its own origin, whatever was sent along', async () => {
      const other = stranger(documents, 'v.test', 'other')
      const real = other.note('truth')
      await sendAll(mal, mal.activity('Announce', { ...real, content: '<p>a lie</p>' }, { to: [PUBLIC] }))
      const [boost] = (await w.as('bob').get('/api/v1/timelines/home')).body as Status[]
      assert.equal(boost?.reblog?.content, '<p>truth</p>')
      assert.deepEqual(network.log.filter((line) => line === `GET ${real.id}`).length, 1)
      await sendAll(
        mal,
        mal.activity('Announce', { ...real, id: `${other.uri}/notes/invented` }, { to: [PUBLIC] }),
      )
      assert.equal(((await w.as('bob').get('/api/v1/timelines/home')).body as Status[]).length, 1)
    })

    test('ACT-11 ACT-13 hidden posts are neither boosted nor liked by those who cannot see them', async () => {
      const { body } = await w
        .as('carol')
        .post('/api/v1/statuses', { status: 'secret', visibility: 'private' })
      const { id, uri } = body as Status
      await sendAll(mal, mal.activity('Announce', uri, { to: [PUBLIC] }), mal.activity('Like', uri))
      const seen = (await w.as('carol').get(`/api/v1/statuses/${id}`)).body as Status
      assert.deepEqual([seen.reblogs_count, seen.favourites_count], [0, 0])
    })

    test('ACT-16 ACT-17 an answer to a follow counts only from the followed', async () => {
      const follows = await w.app.db.selectFrom('follow').selectAll().execute()
      await sendAll(
        mal,
        mal.activity('Accept', 'https://here.example/never'),
        mal.activity('Accept', { type: 'Follow', actor: w.cast.carol.uri, object: mal.uri }),
      )
      assert.equal((await w.app.db.selectFrom('follow').selectAll().execute()).length, follows.length)
    })

    test('ACT-31 what concerns nobody here is not kept', async () => {
      const nobody = stranger(documents, 'e.test', 'nobody')
      await sendAll(nobody, create(nobody, 'spam'))
      const kept = await w.app.db.selectFrom('status').select('id').where('domain_id', 'is', null).execute()
      assert.deepEqual(kept, [])
    })

    test('ACT-35 PAR-04 PAR-06 odd shapes are refused without breaking anything', async () => {
      const deep = JSON.parse(`${'['.repeat(60)}1${']'.repeat(60)}`)
      assert.equal(await mal.send(w, { ...create(mal, 'deep'), extra: deep }), 400)
      assert.equal(await mal.send(w, mal.activity('Create', null)), 202)
      assert.equal(await mal.send(w, { ...mal.activity('Create', [1, 2]), actor: [mal.uri, vic.uri] }), 400)
      assert.equal(await mal.send(w, mal.activity('NoSuchThing', { a: 1 })), 202)
      await w.settle()
      await sendAll(mal, create(mal, 'still here'))
      assert.deepEqual(await posts(), ['still here'])
    })

    test('LDS-01 a context that gives our words another meaning does not make a post', async () => {
      const twisted = {
        ...create(mal, 'twisted'),
        '@context': [PUBLIC.split('#')[0], { actor: 'https://evil.example/x', content: '@id' }],
      }
      assert.equal(await mal.send(w, twisted), 202)
      await w.settle()
      assert.deepEqual(await posts(), [])
    })

    test('SIG-31 SIG-32 no other spelling of an inbox is one, and the body is bounded', async () => {
      for (const path of ['//inbox', '/inbox%2f', '/%69nbox', '/INBOX', '/ap/users/1/inbox']) {
        assert.equal(await mal.send(w, create(mal, 'x'), { path }), 404, path)
      }
      assert.equal(await mal.send(w, { ...create(mal, 'x'), padding: 'x'.repeat(1_100_000) }), 413)
    })
  })
}
