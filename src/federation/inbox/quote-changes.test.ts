import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { DAY, HOUR } from '#platform/times.ts'
import type { Status } from '#statuses/entities.ts'
import type { QuoteStage, ShownQuote } from '../../../test/quote-documents.ts'
import { CONTEXT, consentOf, openQuoteStage, quotingNote } from '../../../test/quote-documents.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC } from '../../../test/stranger.ts'
import { databases } from '../../../test/world.ts'

type Json = Record<string, unknown>

for (const database of databases) {
  describe(`quotes that change (${database})`, () => {
    let stage: QuoteStage
    let documents: QuoteStage['documents']
    let w: QuoteStage['w']
    let sent: QuoteStage['sent']
    let quin: QuoteStage['quin']
    let vic: QuoteStage['vic']

    beforeEach(async () => {
      stage = await openQuoteStage(database)
      ;({ documents, w, sent, quin, vic } = stage)
    })
    afterEach(() => w.close())

    const send: QuoteStage['send'] = (...said) => stage.send(...said)
    const post: QuoteStage['post'] = (label) => stage.post(label)
    const quoteOf = async (label: string) => (await post(label)).quote as ShownQuote
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
