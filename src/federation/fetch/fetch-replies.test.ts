import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { Answer, World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

const CONTEXT = 'https://www.w3.org/ns/activitystreams'

type Context = { ancestors: { content: string }[]; descendants: { content: string }[] }

for (const database of databases) {
  describe(`threads of other servers (${database})`, () => {
    let network: Network
    let documents: Map<string, Record<string, unknown>>
    let w: World
    let vic: Stranger
    let eve: Stranger
    before(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test', 'v.test'])
      vic = stranger(documents, 'v.test', 'vic')
      eve = stranger(documents, 'e.test', 'eve')
    })
    after(() => w.close())

    const words = ({ body }: Answer) => (body as Context).descendants.map((each) => each.content).sort()
    const idOf = (header: string | null) => /id="(\d+)", retry=5, result_count=\d+/.exec(header ?? '')?.[1]

    /** A post of vic's with answers of vic's own, of eve's in a second page, and of an answer to an answer. */
    function grow(label: string) {
      const start = vic.note(label)
      const own = vic.note(`${label} own`, { inReplyTo: start.id })
      const other = eve.note(`${label} other`, { inReplyTo: start.id })
      const deep = vic.note(`${label} deep`, { inReplyTo: other.id })
      const page = `${start.id}/replies?page=2`
      documents.set(page, {
        '@context': CONTEXT,
        id: page,
        type: 'CollectionPage',
        items: [other.id, `${eve.uri}/notes/none`],
      })
      const first = { type: 'CollectionPage', items: [own.id], next: page }
      documents.set(start.id, { ...start, replies: { id: `${start.id}/replies`, type: 'Collection', first } })
      documents.set(other.id, {
        ...other,
        replies: { type: 'Collection', first: { type: 'CollectionPage', items: [deep.id] } },
      })
      return start
    }

    test('a member who reads a thread has it completed behind the answer, and may ask how far that has come', async () => {
      const status = await w.app.fediverse.findStatus(grow('start').id)
      const path = `/api/v1/statuses/${status?.id}/context`
      assert.equal((await w.anyone.get(path)).headers.get('mastodon-async-refresh'), null)
      const first = await w.as('bob').get(path)
      assert.deepEqual(words(first), [])
      const id = idOf(first.headers.get('mastodon-async-refresh'))
      assert.ok(id)
      assert.equal(idOf((await w.as('alice').get(path)).headers.get('mastodon-async-refresh')), id)
      const ask = `/api/v1_alpha/async_refreshes/${id}`
      assert.deepEqual((await w.as('bob').get(ask)).body, {
        async_refresh: { id, status: 'running', result_count: 0 },
      })
      await w.settle()
      assert.deepEqual((await w.as('bob').get(ask)).body, {
        async_refresh: { id, status: 'finished', result_count: 3 },
      })
      const then = await w.as('bob').get(path)
      assert.deepEqual(words(then), ['<p>start deep</p>', '<p>start other</p>', '<p>start own</p>'])
      assert.equal(then.headers.get('mastodon-async-refresh'), null, 'it is left alone for a while')
      const asked = network.log.length
      await w.settle()
      assert.equal(network.log.length, asked)
      w.clock.advance(61 * 60_000)
      assert.equal((await w.as('bob').get(ask)).status, 404)
      assert.ok(idOf((await w.as('bob').get(path)).headers.get('mastodon-async-refresh')))
      assert.equal((await w.as('bob').get('/api/v1_alpha/async_refreshes/nonsense')).status, 404)
    })

    test('LOOP-01 ORG-06 a thread without end is followed a little way, and only where its own host leads', async () => {
      const start = vic.note('endless')
      const pages = (n: number) => `${start.id}/replies?page=${n}`
      const answers = Array.from(
        { length: 60 },
        (_, n) => vic.note(`endless ${n}`, { inReplyTo: start.id }).id,
      )
      for (let n = 0; n < 10; n++) {
        const items = answers.slice(n * 6, n * 6 + 6)
        documents.set(pages(n), {
          '@context': CONTEXT,
          id: pages(n),
          type: 'CollectionPage',
          items,
          next: pages(n + 1),
        })
      }
      documents.set(start.id, { ...start, replies: pages(0) })
      const elsewhere = 'https://e.test/replies'
      documents.set(elsewhere, {
        '@context': CONTEXT,
        id: elsewhere,
        type: 'Collection',
        items: answers.slice(50),
      })
      documents.set(answers[0] as string, { ...documents.get(answers[0] as string), replies: elsewhere })
      const status = await w.app.fediverse.findStatus(start.id)
      const path = `/api/v1/statuses/${status?.id}/context`
      await w.as('bob').get(path)
      await w.settle()
      assert.equal(words(await w.as('bob').get(path)).length, 30)
      assert.ok(!network.log.includes(`GET ${elsewhere}`))
      assert.ok(!network.log.includes(`GET ${pages(5)}`))
    })

    test('own threads and those not open to all are not fetched', async () => {
      const own = (await w.as('bob').post('/api/v1/statuses', { status: 'own' })).body as { id: string }
      const path = `/api/v1/statuses/${own.id}/context`
      assert.equal((await w.as('bob').get(path)).headers.get('mastodon-async-refresh'), null)
    })
  })
}
