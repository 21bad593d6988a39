import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { HostedDomain } from '#app.ts'
import type { RelayWishes } from '#instance/relays.ts'
import { addRelay, allRelays, pauseRelay, removeRelay } from '#instance/relays.ts'
import type { Status } from '#statuses/entities.ts'
import { runIn } from '../../../test/command-line.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Relay } from '../../../test/relay.ts'
import { openRelay } from '../../../test/relay.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { withLdSignature } from '../signatures/ld-signature.ts'
import { pruneRelayed } from './prune-relayed.ts'

const DAY = 86_400_000

for (const database of databases) {
  describe(`relays (${database})`, () => {
    let network: Network
    let here: World
    let there: World

    beforeEach(async () => {
      network = openNetwork()
      here = await world({ database, domain: 'here.example', http: network })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('here.example', here.site)
      network.host('there.example', there.site)
    })
    afterEach(async () => {
      await here.close()
      await there.close()
    })

    const settle = async () => {
      for (let turn = 0; turn < 4; turn++) {
        await here.settle()
        await there.settle()
      }
    }
    const subscribe = async (w: World, url: string, wishes: RelayWishes = { onlyFollowed: false }) => {
      await addRelay(w.app, w.app.domains.all()[0] as HostedDomain, url, wishes)
      await settle()
      return (await allRelays(w.app)).find((each) => each.url === url)
    }
    /** Both servers take part in a relay, and only what `there` keeps is looked at. */
    const join = async (kind: 'mastodon' | 'litepub', wishes?: RelayWishes): Promise<Relay> => {
      const relay = openRelay(network, 'relay.test', kind)
      const url = kind === 'mastodon' ? relay.inbox : relay.actor.uri
      for (const [w, each] of [
        [here, undefined],
        [there, wishes],
      ] as const) {
        const row = await subscribe(w, url, each)
        assert.equal(row?.state, 'accepted', kind)
      }
      return relay
    }
    const post = async (fields: Record<string, unknown>, who: 'alice' | 'bob' = 'alice') => {
      const { body, status, text } = await here.as(who).post('/api/v1/statuses', fields)
      assert.equal(status, 200, text)
      await settle()
      return body as Status
    }
    const arrived = async (path = '/api/v1/timelines/public?remote=true') =>
      ((await there.as('bob').get(path)).body as Status[]).map((each) => each.content.replace(/<[^>]+>/g, ''))

    for (const kind of ['mastodon', 'litepub'] as const)
      test(`what is public on one member of a relay (${kind}) is read on the other, with its end, and nothing else is`, async () => {
        const relay = await join(kind)
        const status = await post({ status: 'hello all' })
        await post({ status: 'unlisted', visibility: 'unlisted' })
        await post({ status: 'followers', visibility: 'private' })
        await post({ status: 'direct @bob', visibility: 'direct' })
        await post({ status: 'local', local_only: true })
        assert.deepEqual(await arrived(), ['hello all'])
        assert.deepEqual(await arrived('/api/v1/timelines/home'), [])
        // A relay that is an actor follows back, and gets its yes.
        const yes = relay.received.filter(({ type }) => type === 'Accept')
        assert.equal(yes.length, kind === 'litepub' ? 2 : 0)
        const boosts = await there.app.db
          .selectFrom('status')
          .select('id')
          .where('reblog_of_id', 'is not', null)
          .execute()
        assert.deepEqual(boosts, [])
        assert.ok(!JSON.stringify(relay.received).match(/>(unlisted|followers|direct|local)\b/))
        if (kind === 'litepub') return
        await here.as('alice').delete(`/api/v1/statuses/${status.id}`)
        await settle()
        assert.deepEqual(await arrived(), [])
      })

    test('a post proven by its author is taken through the relay while their server is away', async () => {
      await join('mastodon')
      const { alice } = here.cast
      await there.app.fediverse.findAccount(alice.uri)
      network.host('here.example', async () => ({ status: 502, headers: {}, body: Buffer.alloc(0) }))
      await post({ status: 'last words' })
      assert.deepEqual(await arrived(), ['last words'])
    })

    test('only posts with hashtags that members follow are kept unless the keeper wants more', async () => {
      await join('mastodon', {})
      await there.as('carol').post('/api/v1/tags/ponies/follow')
      await post({ status: 'about #Ponies' })
      await post({ status: 'about #politics' })
      await post({ status: 'about nothing' })
      assert.deepEqual(await arrived(), ['about #Ponies'])
      assert.deepEqual(await arrived('/api/v1/timelines/tag/ponies'), ['about #Ponies'])
    })

    test('answers, robots and other languages are left out, and no more than so many a minute', async () => {
      await join('mastodon', { onlyFollowed: false, languages: ['en'], perMinute: 2 })
      const first = await post({ status: 'one', language: 'en' })
      await post({ status: 'zwei', language: 'de' })
      await post({ status: 'an answer', language: 'en', in_reply_to_id: first.id }, 'bob')
      await here.as('bob').patch('/api/v1/accounts/update_credentials', { bot: true })
      await post({ status: 'beep', language: 'en' }, 'bob')
      await post({ status: 'two', language: 'en' })
      await post({ status: 'three', language: 'en' })
      assert.deepEqual((await arrived()).sort(), ['one', 'two'])
      there.clock.advance(61_000)
      await post({ status: 'four', language: 'en' })
      assert.deepEqual((await arrived()).sort(), ['four', 'one', 'two'])
      const [relay] = await allRelays(there.app)
      assert.equal(relay?.kept, 3)
      assert.equal(relay?.dropped, 4)
    })

    test('BLK-04 a block of the author’s server counts, whoever hands the post over', async () => {
      await join('mastodon')
      await there.app.fediverse.findAccount(here.cast.alice.uri)
      const kept = await post({ status: 'before' })
      const blocked = await there
        .as(there.cast.alice, 'read write admin:write')
        .post('/api/v1/admin/domain_blocks', { domain: 'here.example', severity: 'suspend' })
      assert.equal(blocked.status, 200, blocked.text)
      await settle()
      await post({ status: 'after' })
      await here.as('alice').put(`/api/v1/statuses/${kept.id}`, { status: 'changed' })
      await settle()
      assert.deepEqual(await arrived(), [])
      await pruneRelayed(there.app)
      assert.equal((await allRelays(there.app))[0]?.dropped, 1)
    })

    test('ACT-37 an answer counts by the id of what was asked, and from the host that was asked', async () => {
      const relay = openRelay(network, 'relay.test', 'mastodon')
      const other = openRelay(network, 'other.test', 'mastodon')
      relay.answer = null
      const row = await subscribe(here, relay.inbox)
      assert.equal(row?.state, 'pending')
      const [follow] = relay.received
      assert.deepEqual(
        [follow?.type, follow?.object],
        ['Follow', 'https://www.w3.org/ns/activitystreams#Public'],
      )
      await other.send('https://here.example', other.actor.activity('Accept', follow))
      await relay.send(
        'https://here.example',
        relay.actor.activity('Accept', { ...follow, id: 'https://here.example/other' }),
      )
      await settle()
      assert.equal((await allRelays(here.app))[0]?.state, 'pending')
      await relay.send('https://here.example', relay.actor.activity('Reject', follow))
      await settle()
      assert.equal((await allRelays(here.app))[0]?.state, 'rejected')
      await post({ status: 'not for you' })
      assert.equal(relay.received.length, 1)
    })

    test('ACT-37 what somebody else announces, or what is not for everybody, does not come in as a relay’s', async () => {
      const relay = await join('mastodon')
      const documents = new Map<string, Record<string, unknown>>()
      const vic = stranger(documents, 'v.test', 'vic')
      serveDocuments(network, documents, ['v.test'])
      const other = openRelay(network, 'other.test', 'litepub')
      const send = (from: Relay, activity: Record<string, unknown>) =>
        from.send('https://there.example', activity)
      await send(other, other.actor.activity('Announce', vic.note('announced').id))
      const closed = vic.activity('Create', vic.note('closed', { to: [`${vic.uri}/followers`], cc: [] }))
      documents.delete(vic.note('closed').id)
      const key = createPrivateKey(vic.keys.rsa.privatePem)
      await send(relay, await withLdSignature(closed, vic.keyId, key, there.app.now()))
      const actorless = { ...vic.activity('Delete', vic.uri), signature: {} }
      await send(relay, actorless)
      await settle()
      assert.deepEqual(await arrived(), [])
      await send(relay, relay.actor.activity('Announce', vic.note('by the relay').id))
      await settle()
      assert.deepEqual(await arrived(), ['by the relay'])
    })

    test('a paused relay is left and hears nothing, a resumed one is asked again, a removed one is gone', async () => {
      const relay = await join('mastodon')
      const [row] = await allRelays(here.app)
      await pauseRelay(here.app, row?.id ?? 0, true)
      await settle()
      assert.deepEqual([...relay.members], ['https://there.example'])
      await post({ status: 'quiet' })
      assert.deepEqual(await arrived(), [])
      await pauseRelay(here.app, row?.id ?? 0, false)
      await settle()
      assert.equal((await allRelays(here.app))[0]?.state, 'accepted')
      await post({ status: 'back' })
      assert.deepEqual(await arrived(), ['back'])
      await removeRelay(here.app, row?.id ?? 0)
      await settle()
      assert.deepEqual(await allRelays(here.app), [])
      assert.deepEqual([...relay.members], ['https://there.example'])
    })

    test('what only a relay brought is forgotten after a week unless somebody touched it, and comes again', async () => {
      await join('mastodon')
      const [one, two] = [await post({ status: 'untouched' }), await post({ status: 'marked' })]
      await there.as('bob').get(`/api/v2/search?resolve=true&q=${encodeURIComponent(two.uri)}`)
      const { body } = await there.as('bob').get('/api/v1/timelines/public')
      const marked = (body as Status[]).find((each) => each.uri === two.uri)
      await there.as('bob').post(`/api/v1/statuses/${marked?.id}/bookmark`)
      there.clock.advance(6 * DAY)
      await pruneRelayed(there.app)
      assert.equal((await arrived()).length, 2)
      there.clock.advance(2 * DAY)
      await pruneRelayed(there.app)
      assert.deepEqual(await arrived(), ['marked'])
      await there.app.fediverse.findStatus(one.uri)
      assert.deepEqual((await arrived()).sort(), ['marked', 'untouched'])
    })

    test('relays never fill the disk: beyond the bound the oldest go first', async () => {
      await join('mastodon')
      for (const status of ['a', 'b', 'c']) {
        await post({ status })
        there.clock.advance(1000)
        here.clock.advance(1000)
      }
      await pruneRelayed(there.app, { rows: 2, bytes: 1_000_000 })
      assert.deepEqual(await arrived(), ['c', 'b'])
      await pruneRelayed(there.app, { rows: 100, bytes: 1100 })
      assert.deepEqual(await arrived(), ['c'])
    })

    test('the keeper does all this on the command line', async () => {
      const relay = openRelay(network, 'relay.test', 'mastodon')
      const line = (...words: string[]) => runIn(here, 'relays', ...words)
      assert.match((await line('list')).out, /There are none/)
      const added = await line('add', relay.inbox, '--languages', 'en,de', '--per-minute', '5')
      assert.equal(added.code, 0, added.err)
      assert.match(added.out, /Mastodon way/)
      await settle()
      assert.match((await line('list')).out, /accepted.*followed hashtags, en de, 5 a minute/)
      assert.equal((await line('add', relay.inbox)).code, 1)
      assert.equal((await line('add', 'not an address')).code, 1)
      assert.equal((await line('add', relay.inbox, '--per-minute', '0')).code, 2)
      assert.equal((await line('pause', relay.inbox)).code, 0)
      assert.match((await line('list')).out, /paused/)
      assert.equal((await line('resume', relay.inbox)).code, 0)
      assert.equal((await line('remove', relay.inbox)).code, 0)
      assert.equal((await line('remove', relay.inbox)).code, 2)
    })

    test('secure mode takes no part in relays that pass copies on, and says so', async () => {
      const secure = await world({
        database,
        domain: 'secure.example',
        http: network,
        settings: { AUTHORIZED_FETCH: 'true' },
      })
      const refused = await runIn(secure, 'relays', 'add', 'https://relay.test/inbox')
      assert.equal(refused.code, 1)
      assert.match(refused.err, /With AUTHORIZED_FETCH no copy/)
      assert.equal((await runIn(secure, 'relays', 'add', 'https://relay.test/actor')).code, 0)
      await secure.close()
    })
  })
}
