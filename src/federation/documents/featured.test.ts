import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { DAY } from '#platform/times.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Json = Record<string, unknown>

for (const database of databases) {
  describe(`pinned posts between servers (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let sent: Json[]
    let w: World
    let pia: Stranger
    let mal: Stranger

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      sent = []
      w = await world({ database, http: network })
      network.host('p.test', async ({ method, url, body }) => {
        if (method === 'POST') sent.push(JSON.parse(body.toString()))
        const found = documents.get(url.href)
        const headers = { 'content-type': 'application/activity+json' }
        const status = method === 'POST' ? 202 : found ? 200 : 404
        return { status, headers, body: Buffer.from(JSON.stringify(found ?? {})) }
      })
      pia = stranger(documents, 'p.test', 'pia')
      mal = stranger(documents, 'p.test', 'mal')
      Object.assign(documents.get(pia.uri) ?? {}, { featured: `${pia.uri}/featured` })
    })
    afterEach(() => w.close())

    const pinsOf = async (uri: string) => {
      const account = await w.app.fediverse.findAccount(uri)
      const read = async () =>
        (
          (await w.as('bob').get(`/api/v1/accounts/${account?.id}/statuses?pinned=true`)).body as Status[]
        ).map((each) => each.content.replace(/<[^>]+>/g, ''))
      await read()
      await w.settle()
      return read()
    }
    const collection = (...items: unknown[]) =>
      documents.set(`${pia.uri}/featured`, {
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: `${pia.uri}/featured`,
        type: 'OrderedCollection',
        orderedItems: items,
      })

    test('what an account elsewhere has pinned is read when somebody looks, in its order and within bounds', async () => {
      const [one, two] = [pia.note('one'), pia.note('two')]
      const foreign = mal.note('not hers')
      const many = Array.from({ length: 30 }, (_, at) => pia.note(`many ${at}`).id)
      collection(two, one.id, foreign.id, 'https://else.test/1', ...many)
      const shown = await pinsOf(pia.uri)
      assert.deepEqual(shown.slice(0, 2), ['two', 'one'])
      assert.equal(shown.includes('not hers'), false)
      assert.equal(shown.length <= 5, true)
      network.log.length = 0
      await pinsOf(pia.uri)
      assert.deepEqual(network.log, [])
      collection(one.id)
      w.clock.advance(DAY * 2)
      await w.settle()
    })

    test('ACT-25 only the author adds to and takes from what they pinned', async () => {
      const note = pia.note('hers')
      const other = mal.note('his')
      collection()
      assert.deepEqual(await pinsOf(pia.uri), [])
      const target = `${pia.uri}/featured`
      await mal.send(w, mal.activity('Add', note.id, { target }))
      await pia.send(w, pia.activity('Add', other.id, { target }))
      await pia.send(w, pia.activity('Add', note.id, { target: `${pia.uri}/other` }))
      await w.settle()
      assert.deepEqual(await pinsOf(pia.uri), [])
      await pia.send(w, pia.activity('Add', note.id, { target }))
      await w.settle()
      assert.deepEqual(await pinsOf(pia.uri), ['hers'])
      await mal.send(w, mal.activity('Remove', note.id, { target }))
      await w.settle()
      assert.deepEqual(await pinsOf(pia.uri), ['hers'])
      await pia.send(w, pia.activity('Remove', note.id, { target }))
      await w.settle()
      assert.deepEqual(await pinsOf(pia.uri), [])
    })

    test('pins of ours are told to followers and stand in the featured collection, if everybody may read them', async () => {
      await pia.send(w, pia.activity('Follow', w.cast.alice.uri))
      await w.settle()
      const alice = w.as('alice')
      const post = async (fields: Json) =>
        (await alice.post('/api/v1/statuses', { status: 'pin me', ...fields })).body as Status
      const open = await post({})
      const closed = await post({ visibility: 'private' })
      const local = await post({ local_only: true })
      await w.settle()
      sent = []
      for (const { id } of [open, closed, local]) await alice.post(`/api/v1/statuses/${id}/pin`)
      await w.settle()
      const featured = `${w.cast.alice.uri}/collections/featured`
      assert.deepEqual(
        sent.map((each) => [each.type, each.object, each.target]),
        [['Add', open.uri, featured]],
      )
      const accept = { Accept: 'application/activity+json' }
      const { body } = await w.anyone.get(new URL(featured).pathname, accept)
      const { totalItems, orderedItems } = body as { totalItems: number; orderedItems: Json[] }
      assert.deepEqual([totalItems, orderedItems[0]?.id, orderedItems[0]?.type], [1, open.uri, 'Note'])
      sent = []
      await alice.post(`/api/v1/statuses/${open.id}/unpin`)
      await w.settle()
      assert.deepEqual(
        sent.map((each) => [each.type, each.object]),
        [['Remove', open.uri]],
      )
    })
  })
}
