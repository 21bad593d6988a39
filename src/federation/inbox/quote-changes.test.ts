import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { DAY, HOUR } from '#platform/times.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { CONTEXT, consentOf, quotingNote } from '../../../test/quote-documents.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Json = Record<string, unknown>
type Shown = { state: string; quoted_status: Status | null } | null

for (const database of databases) {
  describe(`quotes that change (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let w: World
    /** Whom bob follows; whom she quotes, of another server. */
    let quin: Stranger
    let vic: Stranger
    /** What those servers were sent. */
    let sent: Json[]

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      sent = []
      serveDocuments(network, documents, ['q.test', 'v.test'])
      for (const host of ['q.test', 'v.test']) {
        const serve = network.hostOf(host)
        network.host(host, async (request) => {
          if (request.method !== 'POST') return serve(request)
          sent.push(JSON.parse(request.body.toString()) as Json)
          return { status: 202, headers: {}, body: Buffer.alloc(0) }
        })
      }
      quin = stranger(documents, 'q.test', 'quin')
      vic = stranger(documents, 'v.test', 'vic')
      const account = await w.app.fediverse.findAccount(quin.uri)
      await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      await w.settle()
      const { uri } = await w.app.db.selectFrom('follow_request').select('uri').executeTakeFirstOrThrow()
      await send(quin, quin.activity('Accept', uri))
      network.log.length = 0
    })
    afterEach(() => w.close())

    const send = async (who: Stranger, ...activities: Json[]) => {
      for (const activity of activities) assert.equal(await who.send(w, activity), 202)
      await w.settle()
    }
    /** The post of quin's that says this, as bob sees it. */
    const post = async (label: string) => {
      const home = (await w.as('bob').get('/api/v1/timelines/home?limit=40')).body as Status[]
      const status = home.find((each) => each.content.includes(label) && each.account.username === 'quin')
      assert.ok(status, label)
      return status
    }
    const quoteOf = async (label: string) => (await post(label)).quote as Shown
    const quoting = (label: string, quoted: string, more: Json = {}) => quotingNote(quin, label, quoted, more)
    const consent = (by: Stranger, quotingUri: string, quotedUri: string, more: Json = {}) =>
      consentOf(documents, by, quotingUri, quotedUri, more)
    const sentOf = (type: string) => sent.filter((each) => each.type === type)

    test('an edit gives a post a quote, another one, and none again', async () => {
      const [one, other] = [vic.note('one'), vic.note('other')]
      const plain = quin.note('two')
      await send(quin, quin.activity('Create', plain))
      assert.equal(await quoteOf('two'), null)
      const edited = async (quoted: string | null) => {
        w.clock.advance(60_000)
        const note = quoted === null ? plain : quoting('two', quoted)
        const { id } = consent(vic, plain.id, quoted ?? one.id)
        const updated = new Date(w.app.now()).toISOString()
        const more = quoted === null ? {} : { quoteAuthorization: id }
        await send(quin, quin.activity('Update', { ...note, ...more, id: plain.id, updated }))
      }
      await edited(one.id)
      assert.equal((await quoteOf('two'))?.quoted_status?.content, '<p>one</p>')
      await edited(other.id)
      assert.equal((await quoteOf('two'))?.quoted_status?.content, '<p>other</p>')
      const counts = await w.app.db.selectFrom('status').select(['uri', 'quotes_count']).execute()
      const countOf = (uri: string) => counts.find((row) => row.uri === uri)?.quotes_count
      assert.deepEqual([countOf(one.id), countOf(other.id)], [0, 1])
      await edited(null)
      assert.equal(await quoteOf('two'), null)
      assert.deepEqual(await w.app.db.selectFrom('quote').select('id').execute(), [])
    })

    test('a question that nobody answered is asked again a day later by who reads the post, and not for ever', async () => {
      const policy = { canQuote: { automaticApproval: [PUBLIC] } }
      const one = vic.note('one', { '@context': CONTEXT, interactionPolicy: policy })
      const found = await w.app.fediverse.findStatus(one.id)
      const fields = { status: 'two', quoted_status_id: String(found?.id), visibility: 'public' }
      const two = (await w.as('bob').post('/api/v1/statuses', fields)).body as Status
      const askedAfter = async (ms: number) => {
        w.clock.advance(ms)
        await Promise.all([1, 2].map(() => w.as('bob').get(`/api/v1/statuses/${two.id}`)))
        await w.settle()
        return sentOf('QuoteRequest').length
      }
      assert.equal(await askedAfter(0), 1)
      assert.equal(await askedAfter(23 * HOUR), 1)
      assert.equal(await askedAfter(HOUR), 2)
      assert.deepEqual(sentOf('QuoteRequest')[1], sentOf('QuoteRequest')[0])
      assert.equal(await askedAfter(30 * DAY), 2)
    })
  })
}
