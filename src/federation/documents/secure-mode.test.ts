import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { block } from '#relationships/block.ts'
import { follow } from '#relationships/follow.ts'
import type { Status } from '#statuses/entities.ts'
import { testKeys } from '../../../test/keys.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { remoteActor } from '../../../test/remote-actor.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { signCavage } from '../signatures/signatures-cavage.ts'

const ACTIVITY = 'application/activity+json'

/** Reads a document of ours, signed by somebody with their key or another one. */
async function readAs(w: World, url: string, who?: Stranger, key = who?.keys.rsa.privatePem) {
  const { pathname, search } = new URL(url)
  if (!who) return w.anyone.get(pathname + search, { Accept: ACTIVITY })
  const wish = { method: 'GET', url, keyId: who.keyId, privateKey: key ?? '', now: w.app.now() }
  // The client says the host by itself.
  const { host: _, ...signed } = await signCavage(wish)
  return w.anyone.get(pathname + search, { ...signed, Accept: ACTIVITY })
}

for (const database of databases) {
  describe(`secure mode (${database})`, () => {
    let network: Network
    let w: World
    let mal: Stranger
    let vic: Stranger

    const open = async (settings: Record<string, string>) => {
      network = openNetwork()
      const documents = new Map<string, Record<string, unknown>>()
      w = await world({ database, http: network, settings })
      mal = stranger(documents, 'e.test', 'mal')
      vic = stranger(documents, 'v.test', 'vic')
      serveDocuments(network, documents, ['e.test', 'v.test'])
    }
    afterEach(() => w.close())

    const read = (url: string, who?: Stranger, key?: string) => readAs(w, url, who, key)
    const addresses = async () => {
      const { alice } = w.cast
      const { body } = await w.as('alice').post('/api/v1/statuses', { status: 'hello' })
      const { uri, id } = body as Status
      return [
        alice.uri,
        `${alice.uri}/outbox?page=true`,
        `${alice.uri}/followers`,
        `${alice.uri}/following`,
        `${alice.uri}/collections/featured`,
        uri,
        `${uri}/activity`,
        `${uri}/replies`,
        `${uri}/likes`,
        'https://here.example/@alice',
        `https://here.example/@alice/${id}`,
      ]
    }

    test('every document is for signed requests alone, but for the server’s own actor and what finds people', async () => {
      await open({ AUTHORIZED_FETCH: 'true' })
      for (const url of await addresses()) {
        assert.equal((await read(url)).status, 401, url)
        assert.equal((await read(url, vic, testKeys('forger').rsa.privatePem)).status, 401, url)
        const given = await read(url, vic)
        assert.equal(given.status, 200, url)
        assert.match(given.headers.get('cache-control') ?? '', /private/)
      }
      for (const path of [
        '/actor',
        '/.well-known/webfinger?resource=acct:alice@here.example',
        '/.well-known/nodeinfo',
        '/nodeinfo/2.1',
        '/.well-known/host-meta',
      ])
        assert.equal((await w.anyone.get(path)).status, 200, path)
      const page = await w.anyone.get(new URL(w.cast.alice.uri).pathname, { Accept: 'text/html' })
      assert.equal(page.status, 302, 'a browser finds the page')
    })

    test('who is blocked by the owner, or whose server is, finds nothing', async () => {
      await open({ AUTHORIZED_FETCH: 'true' })
      const [actor = '', outbox = '', , , , post = ''] = await addresses()
      assert.equal((await read(actor, mal)).status, 200)
      const blocked = await w.app.fediverse.findAccount(mal.uri)
      assert.ok(blocked)
      await block(w.app, w.cast.alice, blocked)
      for (const url of [actor, outbox, post, 'https://here.example/@alice'])
        assert.equal((await read(url, mal)).status, 404, url)
      assert.equal((await read(w.cast.bob.uri, mal)).status, 200)
      await w.as('alice').post('/api/v1/domain_blocks', { domain: 'v.test' })
      await w.settle()
      assert.equal((await read(post, vic)).status, 404)
    })

    test('without it a document is for everybody', async () => {
      await open({})
      for (const url of await addresses()) assert.equal((await read(url)).status, 200, url)
    })
  })

  describe(`two servers in secure mode (${database})`, () => {
    test('LOOP-06 they find, follow and read each other, and ask for each key once', async () => {
      const network = openNetwork()
      const settings = { AUTHORIZED_FETCH: 'true' }
      const here = await world({ database, domain: 'here.example', http: network, settings })
      const there = await world({ database, domain: 'there.example', http: network, settings })
      network.host('here.example', here.site)
      network.host('there.example', there.site)
      const found = await there.app.fediverse.findAccount('@alice@here.example')
      assert.ok(found)
      await there.as('bob').post(`/api/v1/accounts/${found.id}/follow`)
      const settle = async () => {
        for (let turn = 0; turn < 4; turn++) {
          await here.settle()
          await there.settle()
        }
      }
      await settle()
      await here.as('alice').post('/api/v1/statuses', { status: 'among ourselves' })
      await settle()
      const { body } = await there.as('bob').get('/api/v1/timelines/home')
      assert.deepEqual(
        (body as Status[]).map((each) => each.content),
        ['<p>among ourselves</p>'],
      )
      for (const host of ['here.example', 'there.example'])
        assert.equal(network.log.filter((line) => line === `GET https://${host}/actor`).length, 1, host)
      await here.close()
      await there.close()
    })
  })

  describe(`limited federation (${database})`, () => {
    test('nothing is taken from, asked of, sent to or shown to hosts that were not allowed', async () => {
      const network = openNetwork()
      const documents = new Map<string, Record<string, unknown>>()
      const settings = { LIMITED_FEDERATION_MODE: 'true', HYRAX_ALLOWED_HOSTS: 'v.test' }
      const w = await world({ database, http: network, settings })
      const mal = stranger(documents, 'e.test', 'mal')
      const vic = stranger(documents, 'v.test', 'vic')
      serveDocuments(network, documents, ['e.test', 'v.test'])
      assert.equal(await mal.send(w, mal.activity('Follow', w.cast.alice.uri)), 403)
      assert.equal(await vic.send(w, vic.activity('Follow', w.cast.alice.uri)), 202)
      await w.settle()
      assert.equal(await w.app.fediverse.findAccount('@mal@e.test'), null)
      assert.equal(await w.app.fediverse.findAccount(mal.uri), null)
      const old = await saveRemoteAccount(w.app, remoteActor('old', 'e.test'))
      await follow(w.app, old, w.cast.alice, {}, { uri: `${old.uri}#follow` })
      await w.as('alice').post('/api/v1/statuses', { status: 'hello' })
      await w.settle()
      assert.ok(network.log.some((line) => line.startsWith('POST https://v.test')))
      assert.ok(!network.log.some((line) => line.includes('e.test')), network.log.join('\n'))
      const ask = async (who: Stranger) => (await readAs(w, w.cast.alice.uri, who)).status
      assert.deepEqual([await ask(vic), await ask(mal)], [200, 401])
      await w.close()
    })

    test('the API can be closed to strangers by itself', async () => {
      const w = await world({ database, settings: { DISALLOW_UNAUTHENTICATED_API_ACCESS: 'true' } })
      assert.equal((await w.anyone.get('/api/v1/timelines/public')).status, 401)
      assert.equal((await w.anyone.get('/api/v2/instance')).status, 200)
      assert.equal((await w.anyone.get('/@alice')).status, 200)
      await w.close()
    })

    test('the API and the pages are for members, but for what somebody needs to become one', async () => {
      const w = await world({ database, settings: { LIMITED_FEDERATION_MODE: 'true' } })
      for (const path of [
        '/api/v1/timelines/public',
        '/api/v1/instance/peers',
        '/api/v1/accounts/lookup?acct=alice',
        '/api/v1/directory',
      ])
        assert.equal((await w.anyone.get(path)).status, 401, path)
      for (const path of ['/api/v1/instance', '/api/v2/instance', '/api/v1/instance/rules'])
        assert.equal((await w.anyone.get(path)).status, 200, path)
      assert.equal((await w.as('bob').get('/api/v1/timelines/public')).status, 200)
      for (const path of ['/', '/@alice', '/@alice.rss', '/tags/x', '/@alice/1/embed']) {
        const { status, headers } = await w.anyone.get(path)
        assert.deepEqual(
          [status >= 300 && status < 400, headers.get('location')],
          [true, '/auth/sign_in'],
          path,
        )
      }
      assert.equal((await w.anyone.get('/about')).status, 200)
      await w.close()
    })
  })
}
