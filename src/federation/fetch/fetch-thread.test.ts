import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { statusAt } from './fetch-status.ts'

const CONTEXT = 'https://www.w3.org/ns/activitystreams'
const MINUTE = 60_000

type Json = Record<string, unknown>
type Thread = { ancestors: { content: string }[]; descendants: { content: string }[] }

for (const database of databases) {
  describe(`long threads of other servers (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let w: World
    let vic: Stranger
    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['v.test', 'e.test'])
      vic = stranger(documents, 'v.test', 'vic')
    })
    afterEach(() => w.close())

    /** Answers `more` for addresses on v.test, and the stored documents otherwise. */
    const serve = (more: (url: URL) => Json | undefined) =>
      network.host('v.test', async ({ url }) => {
        const document = more(url) ?? documents.get(url.href)
        const headers = { 'content-type': 'application/activity+json' }
        const body = Buffer.from(document ? JSON.stringify({ '@context': CONTEXT, ...document }) : '')
        return { status: document ? 200 : 404, headers, body }
      })
    /** Has a member open the thread of a post, waits for it to be filled in and counts what was asked. */
    async function open(uri: string) {
      const status = await w.app.fediverse.findStatus(uri)
      await w.settle()
      network.log.length = 0
      const path = `/api/v1/statuses/${status?.id}/context`
      await w.as('bob').get(path)
      await w.settle()
      const { body } = await w.as('bob').get(path)
      return { thread: body as Thread, asked: network.log.length }
    }

    test('a context collection with its posts laid in fills five hundred answers with a request for each page', async () => {
      const start = vic.note('long', { context: 'https://v.test/contexts/1' })
      const notes = Array.from({ length: 520 }, (_, n) => vic.note(`answer ${n}`, { inReplyTo: start.id }))
      for (const { id } of notes) documents.delete(id)
      serve(({ pathname, searchParams }) => {
        if (pathname !== '/contexts/1') return undefined
        const at = Number(searchParams.get('at') ?? 0)
        const page = {
          id: `https://v.test/contexts/1?at=${at}`,
          type: 'OrderedCollectionPage',
          orderedItems: notes.slice(at, at + 60),
          ...(at + 60 < notes.length ? { next: `https://v.test/contexts/1?at=${at + 60}` } : {}),
        }
        if (searchParams.has('at')) return page
        return {
          id: 'https://v.test/contexts/1',
          type: 'OrderedCollection',
          first: page.id.replace(/0$/, '0'),
        }
      })
      const { thread, asked } = await open(start.id)
      assert.equal(thread.descendants.length, 500)
      assert.ok(asked <= 60, `${asked} requests`)
    })

    test('what is laid into a collection of another origin is not believed', async () => {
      const eve = stranger(documents, 'e.test', 'eve')
      const start = vic.note('start', { context: 'https://v.test/contexts/2' })
      const real = eve.note('truth', { inReplyTo: start.id })
      documents.set('https://v.test/contexts/2', {
        '@context': CONTEXT,
        id: 'https://v.test/contexts/2',
        type: 'OrderedCollection',
        orderedItems: [start.id, { ...real, content: '<p>a lie</p>' }],
      })
      const { thread } = await open(start.id)
      assert.deepEqual(
        thread.descendants.map((each) => each.content),
        ['<p>truth</p>'],
      )
    })

    test('opening a post fetches what it answers, and a new post is left alone for five minutes', async () => {
      const top = vic.note('top')
      const middle = vic.note('middle', { inReplyTo: top.id })
      const now = new Date(w.app.now()).toISOString()
      const low = vic.note('low', { inReplyTo: middle.id, published: now })
      await statusAt(w.app, low.id, { quiet: true, isLed: true })
      assert.deepEqual((await open(low.id)).thread.ancestors, [])
      w.clock.advance(6 * MINUTE)
      assert.deepEqual(
        (await open(low.id)).thread.ancestors.map((each) => each.content),
        ['<p>top</p>', '<p>middle</p>'],
      )
    })

    test('LOOP-01 a chain of parents and answers that is made up as we go ends at sixty requests', async () => {
      const start = vic.note('bottom', { inReplyTo: `${vic.uri}/up/0`, replies: 'https://v.test/down/0' })
      serve(({ pathname }) => {
        const [, way, number] = /\/(up|down|note)\/(\d+)$/.exec(pathname) ?? []
        const n = Number(number)
        const note = { ...start, id: `https://v.test${pathname}`, replies: `https://v.test/down/${n + 1}` }
        if (way === 'up') return { ...note, inReplyTo: `${vic.uri}/up/${n + 1}` }
        if (way === 'note') return { ...note, inReplyTo: start.id }
        if (way !== 'down') return undefined
        return { id: note.id, type: 'Collection', items: [`https://v.test/note/${n}`] }
      })
      const { asked } = await open(start.id)
      assert.ok(asked > 20 && asked <= 60, `${asked} requests`)
    })

    test('LOOP-02 pages of answers without end are read a little way', async () => {
      const start = vic.note('wide', { replies: 'https://v.test/pages/0' })
      serve(({ pathname }) => {
        const n = /\/pages\/(\d+)$/.exec(pathname)?.[1]
        if (n === undefined) return undefined
        const next = `https://v.test/pages/${Number(n) + 1}`
        return { id: `https://v.test${pathname}`, type: 'CollectionPage', items: [], next }
      })
      const { asked } = await open(start.id)
      assert.ok(asked <= 10, `${asked} requests`)
    })

    test('LOOP-03 a collection that leads to itself is asked for once', async () => {
      const own = 'https://v.test/self'
      const start = vic.note('loop', { replies: own })
      documents.set(own, {
        '@context': CONTEXT,
        id: own,
        type: 'Collection',
        first: own,
        next: own,
        items: [own, start.id],
      })
      await open(start.id)
      assert.deepEqual(
        network.log.filter((line) => line === `GET ${own}`).length <= 2,
        true,
        network.log.join('\n'),
      )
    })
  })
}
