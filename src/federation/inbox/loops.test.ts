import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { forgetHostless } from '#accounts/emojis.ts'
import type { Account } from '#accounts/present-account.ts'
import { forgetUnusedTags } from '#hashtags/forget-unused.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Json = Record<string, unknown>
const DAY = 86_400_000

for (const database of databases) {
  describe(`what strangers could make us do without end (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let w: World
    let mal: Stranger
    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test'])
      mal = stranger(documents, 'e.test', 'mal')
      await w.app.fediverse.findAccount(mal.uri)
    })
    afterEach(() => w.close())

    /** A host that serves the documents, notes how many of them were asked for at the same time, and takes its turn. */
    function slowHost(name: string) {
      const busy = { now: 0, most: 0 }
      network.host(name, async ({ url }) => {
        busy.now++
        busy.most = Math.max(busy.most, busy.now)
        await new Promise((resolve) => setImmediate(resolve))
        busy.now--
        const document = documents.get(url.href)
        const headers = { 'content-type': 'application/activity+json' }
        return { status: document ? 200 : 404, headers, body: Buffer.from(JSON.stringify(document ?? '')) }
      })
      return busy
    }
    const asked = (part: string) => network.log.filter((line) => line.includes(part)).length
    const mentionOfAlice = () => ({ type: 'Mention', href: w.cast.alice.uri })

    test('LOOP-07 a post that mentions a thousand strangers has twenty of them looked up, four at a time', async () => {
      const busy = slowHost('v.test')
      const many = Array.from({ length: 1000 }, (_, n) => `https://v.test/users/v${n}`)
      for (const [n, id] of many.entries()) {
        const actor = { id, type: 'Person', preferredUsername: `v${n}`, inbox: `${id}/inbox` }
        documents.set(id, { '@context': PUBLIC.split('#')[0], ...actor })
      }
      const tag = [mentionOfAlice(), ...many.map((href) => ({ type: 'Mention', href }))]
      const notes = ['one', 'two', 'three'].map((label) => mal.note(label, { tag, cc: [w.cast.alice.uri] }))
      await mal.send(w, mal.activity('Create', notes[0]))
      await w.settle()
      assert.equal(asked('GET https://v.test/users/'), 20)
      assert.ok(busy.most <= 4, `${busy.most} at a time`)
    })

    test('LOOP-09 an unknown post that is boosted a thousand times at once is asked for once', async () => {
      slowHost('v.test')
      const vic = stranger(documents, 'v.test', 'vic')
      const note = vic.note('much loved')
      const boosters = Array.from({ length: 20 }, (_, n) => stranger(documents, 'e.test', `b${n}`))
      for (const { uri } of boosters) {
        const account = await w.app.fediverse.findAccount(uri)
        await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      }
      await w.settle()
      const boosts = boosters.flatMap((one) =>
        Array.from({ length: 50 }, () => one.send(w, one.activity('Announce', note.id, { to: [PUBLIC] }))),
      )
      assert.ok((await Promise.all(boosts)).every((status) => status === 202))
      await w.settle()
      assert.equal(asked(`GET ${note.id}`), 1)
      const status = await w.app.fediverse.findStatus(note.id)
      const shown = (await w.anyone.get(`/api/v1/statuses/${status?.id}`)).body as Status
      assert.equal(shown.reblogs_count, 20)
    })

    test('LOOP-15 posts that name ever new hosts leave no rows behind, and cost one request each', async () => {
      const rows = async () => {
        const counts = await Promise.all(
          (['account', 'lane', 'emoji', 'tag'] as const).map((table) =>
            w.app.db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll<number>().as('n'))
              .executeTakeFirst(),
          ),
        )
        return counts.map((each) => Number(each?.n))
      }
      const before = await rows()
      network.log.length = 0
      for (let n = 0; n < 60; n++) {
        const href = `https://h${n}.test/users/x`
        const tag = [mentionOfAlice(), { type: 'Mention', href }]
        await mal.send(w, mal.activity('Create', mal.note(`host ${n}`, { tag, cc: [w.cast.alice.uri] })))
      }
      await w.settle()
      const after = await rows()
      assert.deepEqual([after[0], after[2], after[3]], [before[0], before[2], before[3]])
      // Lanes are those of whoever sends, not of whoever is named.
      assert.ok((after[1] ?? 0) - (before[1] ?? 0) <= 2, `${after[1]} lanes`)
      assert.ok(network.log.length <= 60, `${network.log.length} requests`)
    })

    test('LOOP-16 emojis of a host are kept up to a bound, and hashtags that nothing carries any more are dropped', async () => {
      for (let n = 0; n < 60; n++) {
        const emojis = Array.from({ length: 100 }, (_, at) => ({
          type: 'Emoji',
          name: `:e${n}x${at}:`,
          icon: { type: 'Image', url: `https://e.test/${n}/${at}.png` },
        }))
        const tag = [mentionOfAlice(), ...emojis, { type: 'Hashtag', name: `#unique${n}` }]
        const note = mal.note(`emoji ${n}`, { tag, cc: [w.cast.alice.uri] })
        await mal.send(w, mal.activity('Create', note))
        await w.settle()
        if (n < 59) await mal.send(w, mal.activity('Delete', note.id))
      }
      await w.settle()
      const count = async (table: 'emoji' | 'tag') =>
        Number(
          (
            await w.app.db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll<number>().as('n'))
              .executeTakeFirst()
          )?.n,
        )
      assert.equal(await count('emoji'), 5000)
      assert.equal(await count('tag'), 60)
      w.clock.advance(31 * DAY)
      await forgetUnusedTags(w.app)
      assert.equal(await count('tag'), 1)
      await forgetHostless(w.app)
      assert.equal(await count('emoji'), 5000, 'somebody of that host is known')
    })

    test('LOOP-11 an answer that is passed on comes by once, and our own words never come back to us', async () => {
      const there = await world({ database, domain: 'there.example', http: network })
      network.host('here.example', w.site)
      network.host('there.example', there.site)
      const meet = async (from: World, who: 'alice' | 'bob', whom: string) => {
        const account = await from.app.fediverse.findAccount(whom)
        await from.as(who).post(`/api/v1/accounts/${account?.id}/follow`)
      }
      const settle = async () => {
        for (let turn = 0; turn < 6; turn++) for (const each of [w, there]) await each.settle()
      }
      await meet(there, 'bob', w.cast.alice.uri)
      await meet(w, 'alice', there.cast.bob.uri)
      await settle()
      const start = (await w.as('alice').post('/api/v1/statuses', { status: 'question' })).body as Status
      await settle()
      network.log.length = 0
      const arrived = await there.app.fediverse.findStatus(start.uri)
      await there
        .as('bob')
        .post('/api/v1/statuses', { status: 'answer', in_reply_to_id: String(arrived?.id) })
      await settle()
      assert.equal(asked('POST https://here.example/'), 1)
      assert.equal(asked('POST https://there.example/'), 0)
      await there.close()
    })

    test('LOOP-06 two servers that each want every question signed find and follow each other', async () => {
      const settings = { AUTHORIZED_FETCH: 'true' }
      const [one, two] = [
        await world({ database, domain: 'one.example', http: network, settings }),
        await world({ database, domain: 'two.example', http: network, settings }),
      ]
      network.host('one.example', one.site)
      network.host('two.example', two.site)
      network.log.length = 0
      const found = await two.app.fediverse.findAccount('@alice@one.example')
      assert.ok(found)
      await two.as('bob').post(`/api/v1/accounts/${found.id}/follow`)
      for (let turn = 0; turn < 6; turn++) for (const each of [one, two]) await each.settle()
      const { body } = await one.as('alice').get(`/api/v1/accounts/${one.cast.alice.id}/followers`)
      assert.ok((body as Account[]).some(({ acct }) => acct === 'bob@two.example'))
      assert.ok(network.log.length < 40, `${network.log.length} requests`)
      assert.equal(asked('GET https://two.example/actor'), 1, 'the key of the other server, once')
      await one.close()
      await two.close()
    })
  })
}
