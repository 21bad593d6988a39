import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Note, Person } from '@fedify/fedify'
import type { Account } from '#accounts/present-account.ts'
import type { OpenServer } from '#platform/http/server.ts'
import { openServer } from '#platform/http/server.ts'
import { openHttpClient } from '#platform/http-client.ts'
import type { Status } from '#statuses/entities.ts'
import { randomFrom } from '../bench/random.ts'
import { freePort } from '../scripts/loopback/server.ts'
import type { FedifyPeer } from './fedify-peer.ts'
import { startFedifyPeer } from './fedify-peer.ts'
import type { Weather } from './weather.ts'
import { openWeather } from './weather.ts'
import type { Client, World } from './world.ts'
import { START, world } from './world.ts'

/** How often the peer tries one delivery. */
const SENDS = 20
const LOOPBACK = ['127.0.0.0/8', '::1/128']

describe('a server built on Fedify, over real HTTP', () => {
  let peer: FedifyPeer
  let w: World
  let server: OpenServer
  let weather: Weather
  let alice: Client

  before(async () => {
    peer = await startFedifyPeer()
    const port = await freePort()
    const settings = { FEDERATION_ALLOW_HTTP: 'true', ALLOWED_PRIVATE_ADDRESSES: LOOPBACK.join(',') }
    const http = openHttpClient({
      allowedPrivateAddresses: LOOPBACK,
      allowHttp: true,
      userAgent: 'Hyrax test',
      maxSockets: 16,
      log: { info() {} },
    })
    w = await world({ domain: `localhost:${port}`, http, settings })
    // Signatures carry the time: the peer's clock is the real one.
    w.clock.advance(Date.now() - START)
    server = await openServer({
      fetch: (request, env) => w.site.fetch(request, env),
      listen: { host: '127.0.0.1', port: 0 },
      log: w.app.log,
      trusted: [],
    })
    weather = await openWeather(null, { name: 'localhost', port, to: server.port as number })
    alice = w.as('alice')
  })
  after(async () => {
    await weather.close()
    await server.close(100)
    await w.close()
    w.app.http.close()
    await peer.close()
  })

  const home = async () => (await alice.get('/api/v1/timelines/home')).body as Status[]

  test('it reads our actor as a person with a key', async () => {
    const read = await peer.lookup(w.cast.alice.uri)
    assert.ok(read instanceof Person)
    assert.equal(read.preferredUsername, 'alice')
    assert.ok(await read.getPublicKey())
  })

  test('it follows ours and is accepted', async () => {
    await peer.follow(w.cast.alice.uri)
    await w.settle()
    assert.deepEqual(peer.accepted, [w.cast.alice.uri])
    const told = (await alice.get('/api/v1/notifications?types[]=follow')).body as { account: Account }[]
    assert.ok(told.some(({ account }) => `@${account.acct}` === peer.handle))
  })

  test('it gets what ours posts, edits and deletes, and reads it as we meant it', async () => {
    const { body } = await alice.post('/api/v1/statuses', {
      status: 'Hello #Fedify',
      spoiler_text: 'a greeting',
    })
    const { id, uri } = body as Status
    await w.settle()
    const note = peer.notes.get(uri)
    assert.ok(note instanceof Note)
    assert.match(String(note.content), /Hello/)
    assert.equal(String(note.summary), 'a greeting')
    assert.equal(note.attributionId?.href, w.cast.alice.uri)
    w.clock.advance(2000)
    await alice.put(`/api/v1/statuses/${id}`, { status: 'Hello again' })
    await w.settle()
    assert.match(String(peer.notes.get(uri)?.content), /Hello again/)
    const fetched = await peer.lookup(uri)
    assert.ok(fetched instanceof Note)
    await alice.delete(`/api/v1/statuses/${id}`)
    await w.settle()
    assert.equal(peer.notes.get(uri), null)
  })

  test('ours follows it, reads its posts, answers and likes them; it gets both', async () => {
    const query = encodeURIComponent(peer.handle)
    const { accounts } = (await alice.get(`/api/v2/search?resolve=true&q=${query}`)).body as {
      accounts: Account[]
    }
    assert.equal(accounts[0]?.uri, peer.uri)
    await alice.post(`/api/v1/accounts/${accounts[0]?.id}/follow`)
    await w.settle()
    assert.deepEqual(peer.followers, [w.cast.alice.uri])
    const uri = await peer.post('<p>From the other side</p>')
    await w.settle()
    const [arrived] = await home()
    assert.equal(arrived?.uri, uri)
    await alice.post(`/api/v1/statuses/${arrived?.id}/favourite`)
    const { body } = await alice.post('/api/v1/statuses', {
      status: `${peer.handle} welcome`,
      in_reply_to_id: arrived?.id,
    })
    await w.settle()
    assert.deepEqual(peer.likes, [uri])
    assert.equal(peer.notes.get((body as Status).uri)?.replyTargetId?.href, uri)
  })

  test('its answer stands in the thread of ours', async () => {
    const { body } = await alice.post('/api/v1/statuses', { status: 'Anybody there?' })
    const { id, uri } = body as Status
    await w.settle()
    await peer.post('<p>Here!</p>', uri)
    await w.settle()
    const { descendants } = (await alice.get(`/api/v1/statuses/${id}/context`)).body as {
      descendants: Status[]
    }
    assert.deepEqual(
      descendants.map((each) => each.content),
      ['<p>Here!</p>'],
    )
  })

  test('it reads what a post of ours quotes, and where it leads for those who know no quotes', async () => {
    const one = (await alice.post('/api/v1/statuses', { status: 'one', visibility: 'public' })).body as Status
    const fields = { status: 'two', visibility: 'public', quoted_status_id: one.id }
    const two = (await alice.post('/api/v1/statuses', fields)).body as Status
    await w.settle()
    const arrived = peer.notes.get(two.uri)
    assert.equal(arrived?.quoteUrl?.href, one.uri)
    assert.match(String(arrived?.content), /^<p class="quote-inline">RE: <a href=/)
  })

  test('what it sends through bad weather arrives once, whole and in its thread', async () => {
    const { body } = await alice.post('/api/v1/statuses', { status: 'Is it raining?' })
    const { id, uri } = body as Status
    await w.settle()
    const random = randomFrom(7)
    weather.storm(random)
    for (let n = 0; n < 12; n++) await peer.post(`<p>drop ${n}</p>`, uri, SENDS)
    weather.calm()
    await weather.release(random)
    await w.settle()
    const { descendants } = (await alice.get(`/api/v1/statuses/${id}/context`)).body as {
      descendants: Status[]
    }
    const drops = Array.from({ length: 12 }, (_, n) => `<p>drop ${n}</p>`)
    assert.deepEqual(descendants.map((each) => each.content).sort(), drops.sort())
    assert.deepEqual(weather.refused, [])
    for (const fate of ['is lost', 'answer is lost', 'comes twice', 'is held'] as const)
      assert.ok((weather.met.get(fate) ?? 0) > 0, fate)
  })
})
