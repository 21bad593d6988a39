import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { QuoteStage, ShownQuote } from '../../../test/quote-documents.ts'
import { CONTEXT, consentOf, openQuoteStage, quotingNote } from '../../../test/quote-documents.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC } from '../../../test/stranger.ts'
import { databases } from '../../../test/world.ts'

type Json = Record<string, unknown>

for (const database of databases) {
  describe(`quotes from elsewhere (${database})`, () => {
    let stage: QuoteStage
    let documents: QuoteStage['documents']
    let w: QuoteStage['w']
    let sent: QuoteStage['sent']
    let quin: QuoteStage['quin']
    let vic: QuoteStage['vic']
    let eve: QuoteStage['eve']
    let network: QuoteStage['network']

    beforeEach(async () => {
      stage = await openQuoteStage(database)
      ;({ documents, w, sent, quin, vic, eve, network } = stage)
    })
    afterEach(() => w.close())

    const send: QuoteStage['send'] = (...said) => stage.send(...said)
    const post: QuoteStage['post'] = (label) => stage.post(label)
    const quoteOf = async (label: string) => (await post(label)).quote as ShownQuote
    const quoting = (label: string, quoted: string, more: Json = {}) => quotingNote(quin, label, quoted, more)
    const consent = (by: Stranger, quotingUri: string, quotedUri: string, more: Json = {}) =>
      consentOf(documents, by, quotingUri, quotedUri, more)
    const ours = async (fields: Json = {}) => {
      const { body } = await w
        .as('alice')
        .post('/api/v1/statuses', { status: 'ours', visibility: 'public', ...fields })
      return body as Status
    }
    const sentOf = (type: string) => sent.filter((each) => each.type === type)
    const inner = (activity: Json | undefined, name: string) => (activity?.[name] ?? {}) as Json

    test('a Mastodon quote is shown once its consent was seen', async () => {
      const one = vic.note('one')
      const two = quoting('two', one.id)
      const { id } = consent(vic, two.id, one.id)
      await send(quin, quin.activity('Create', { ...two, quoteAuthorization: id }))
      const shown = await quoteOf('two')
      assert.equal(shown?.state, 'accepted')
      assert.equal(shown?.quoted_status?.content, '<p>one</p>')
      assert.match((await post('two')).content, /^<p class="quote-inline">/)
    })

    test('a quote that came before its consent is shown when the consent comes', async () => {
      const one = vic.note('one')
      const two = quoting('two', one.id)
      await send(quin, quin.activity('Create', two))
      assert.deepEqual(await quoteOf('two'), { state: 'pending', quoted_status: null })
      const { id } = consent(vic, two.id, one.id)
      await send(quin, quin.activity('Update', { ...two, quoteAuthorization: id }))
      assert.equal((await quoteOf('two'))?.state, 'accepted')
      assert.equal((await post('two')).edited_at, null)
    })

    const forgeries: [string, (two: string, one: string) => Json][] = [
      ['on another server', (two, one) => consent(quin, two, one, { attributedTo: vic.uri })],
      ['for another quoted post', (two) => consent(vic, two, `${vic.uri}/notes/other`)],
      ['for another quoting post', (_, one) => consent(vic, `${quin.uri}/notes/other`, one)],
      ['by another author', (two, one) => consent(eve, two, one)],
      ['of another kind', (two, one) => consent(vic, two, one, { type: 'FeatureAuthorization' })],
    ]
    for (const [what, forge] of forgeries) {
      test(`ACT-26 a consent ${what} shows nothing; ACT-28 the true one still counts`, async () => {
        const one = vic.note('one')
        const two = quoting('two', one.id)
        const { id } = forge(two.id, one.id)
        await send(quin, quin.activity('Create', { ...two, quoteAuthorization: id }))
        assert.deepEqual(await quoteOf('two'), { state: 'pending', quoted_status: null })
        const real = consent(vic, two.id, one.id)
        await send(quin, quin.activity('Update', { ...two, quoteAuthorization: real.id }))
        assert.equal((await quoteOf('two'))?.state, 'accepted')
      })
    }

    test('ACT-26 one consent is not good for a second quote', async () => {
      const one = vic.note('one')
      const two = quoting('two', one.id)
      const { id } = consent(vic, two.id, one.id)
      await send(quin, quin.activity('Create', { ...two, quoteAuthorization: id }))
      const three = quoting('three', one.id)
      await send(quin, quin.activity('Create', { ...three, quoteAuthorization: id }))
      assert.deepEqual(await quoteOf('three'), { state: 'pending', quoted_status: null })
    })

    test('ACT-29 a consent is taken back by who gave it, and by nobody else', async () => {
      const one = vic.note('one')
      const two = quoting('two', one.id)
      const { id } = consent(vic, two.id, one.id)
      await send(quin, quin.activity('Create', { ...two, quoteAuthorization: id }))
      await send(eve, eve.activity('Delete', id))
      await send(quin, quin.activity('Delete', id))
      assert.equal((await quoteOf('two'))?.state, 'accepted')
      await send(vic, vic.activity('Delete', { id, type: 'QuoteAuthorization' }))
      assert.deepEqual(await quoteOf('two'), { state: 'revoked', quoted_status: null })
    })

    test('a consent that is not named any more, or was read long ago, is asked for again', async () => {
      const one = vic.note('one')
      const [two, three] = [quoting('two', one.id), quoting('three', one.id)]
      const consents = [two, three].map((note) => ({ note, id: consent(vic, note.id, one.id).id }))
      for (const { note, id } of consents)
        await send(quin, quin.activity('Create', { ...note, quoteAuthorization: id }))
      await send(quin, quin.activity('Update', two))
      assert.equal((await quoteOf('two'))?.state, 'accepted')
      for (const { id } of consents) documents.delete(id)
      await send(quin, quin.activity('Update', two))
      assert.equal((await quoteOf('two'))?.state, 'revoked')
      const look = async () => {
        await w.as('bob').get(`/api/v1/statuses/${(await post('three')).id}/context`)
        await w.settle()
      }
      await look()
      assert.equal((await quoteOf('three'))?.state, 'accepted')
      w.clock.advance(8 * 86_400_000)
      const { headers } = await w.as('bob').get(`/api/v1/statuses/${(await post('three')).id}`)
      const refresh = /id="(\d+)"/.exec(headers.get('mastodon-async-refresh') ?? '')?.[1]
      await w.settle()
      const { body } = await w.as('bob').get(`/api/v1_alpha/async_refreshes/${refresh}`)
      assert.equal((body as { async_refresh: { status: string } }).async_refresh.status, 'finished')
      assert.equal((await quoteOf('three'))?.state, 'revoked')
    })

    test('FAIL-19 a consent that was taken back before it came stays taken back', async () => {
      const one = vic.note('one')
      const two = quoting('two', one.id)
      const { id } = consent(vic, two.id, one.id)
      await send(vic, vic.activity('Delete', id))
      await send(quin, quin.activity('Create', { ...two, quoteAuthorization: id }))
      assert.equal((await quoteOf('two'))?.state, 'revoked')
    })

    test('whoever quotes themselves needs no consent', async () => {
      const one = quin.note('one')
      await send(quin, quin.activity('Create', quoting('two', one.id)))
      assert.equal((await quoteOf('two'))?.quoted_status?.content, '<p>one</p>')
    })

    const legacy: [string, (uri: string) => Json][] = [
      ['Misskey', (uri) => ({ _misskey_quote: uri, quoteUrl: uri })],
      ['Pleroma and Akkoma', (uri) => ({ quoteUri: uri, quoteUrl: uri })],
      ['Fedibird', (uri) => ({ quoteUri: uri })],
      [
        'servers with object links (FEP-e232)',
        (uri) => ({
          tag: [
            {
              type: 'Link',
              mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
              rel: 'https://misskey-hub.net/ns#_misskey_quote',
              href: uri,
              name: 'RE: it',
            },
          ],
        }),
      ],
    ]
    for (const [what, fields] of legacy) {
      test(`a quote of ${what} is shown where the author allows it, and is plain text elsewhere`, async () => {
        const note = (label: string, uri: string) =>
          quin.note(label, {
            ...fields(uri),
            content: `<p>${label}<br><br>RE: <a href="${uri}">${uri}</a></p>`,
          })
        const one = await ours()
        await send(quin, quin.activity('Create', note('of ours', one.uri)))
        assert.equal((await quoteOf('of ours'))?.quoted_status?.id, one.id)
        const { body } = await w.as('alice').get('/api/v1/notifications?types[]=quote')
        assert.equal((body as unknown[]).length, 1)
        const quiet = { ...note('for bob', one.uri), to: [w.cast.bob.uri], cc: [] }
        await send(quin, quin.activity('Create', quiet))
        assert.equal(((await w.as('alice').get('/api/v1/notifications')).body as unknown[]).length, 1)
        const closed = await ours({ quote_approval_policy: 'nobody' })
        await send(quin, quin.activity('Create', note('of closed', closed.uri)))
        assert.equal(await quoteOf('of closed'), null)
        await send(quin, quin.activity('Create', note('of theirs', vic.note('one').id)))
        assert.equal(await quoteOf('of theirs'), null)
        assert.match((await post('of theirs')).content, /RE: <a href=/)
      })
    }

    test('a question is answered yes with a consent, and the post in it is taken in', async () => {
      const one = await ours()
      const two = quoting('two', one.uri, { to: [`${quin.uri}/followers`], cc: [] })
      documents.delete(two.id)
      const question = quin.activity('QuoteRequest', one.uri, { '@context': CONTEXT, instrument: two })
      await send(quin, question, question)
      const [answer] = sentOf('Accept')
      assert.equal(inner(answer, 'object').id, question.id)
      assert.equal(inner(answer, 'object').instrument, two.id)
      assert.match(String(answer?.result), /\/quote_authorizations\/\d+$/)
      assert.equal((await quoteOf('two'))?.quoted_status?.id, one.id)
      // The post is for few: its consent is for those who may read both, when they sign.
      const url = String(answer?.result)
      const signed = (by: Stranger) => by.get(w, url)
      assert.equal((await w.site.request(url, { headers: { host: 'here.example' } })).status, 404)
      assert.equal((await signed(vic)).status, 404)
      const mine = await signed(quin)
      assert.equal(mine.headers.get('cache-control'), 'private, no-store')
      assert.equal(((await mine.json()) as Json).interactingObject, two.id)
    })

    test('ACT-27 a question about what may not be quoted is answered no, and nothing is told or kept', async () => {
      const hidden = await ours({ visibility: 'private' })
      const closed = await ours({ quote_approval_policy: 'followers' })
      await send(
        quin,
        ...[hidden, closed].map((one) => {
          const two = quoting(`of ${one.id}`, one.uri)
          return quin.activity('QuoteRequest', one.uri, { '@context': CONTEXT, instrument: two })
        }),
      )
      assert.deepEqual(
        sentOf('Reject').map((each) => inner(each, 'object').object),
        [hidden.uri, closed.uri],
      )
      assert.doesNotMatch(JSON.stringify(sent), /ours/)
      const { body } = await w.as('alice').get('/api/v1/notifications?types[]=quote')
      assert.deepEqual(body, [])
    })

    test('BLK-01 a blocked actor is told no', async () => {
      const one = await ours()
      const account = await w.app.fediverse.findAccount(quin.uri)
      await w.as('alice').post(`/api/v1/accounts/${account?.id}/block`)
      await send(
        quin,
        quin.activity('QuoteRequest', one.uri, { '@context': CONTEXT, instrument: quoting('two', one.uri) }),
      )
      assert.equal(sentOf('Reject').length, 1)
      assert.equal(sentOf('Accept').length, 0)
    })

    test('a question in the name of another, or about a post that quotes something else, makes no quote', async () => {
      const one = await ours()
      const other = await ours()
      const question = (instrument: unknown) =>
        quin.activity('QuoteRequest', one.uri, { '@context': CONTEXT, instrument })
      await send(
        quin,
        question(vic.note('two', { quote: one.uri })),
        question({ ...quoting('three', one.uri), attributedTo: `${quin.uri}2` }),
        question(quoting('four', other.uri)),
      )
      assert.deepEqual(sentOf('Accept'), [])
      assert.equal(((await w.anyone.get(`/api/v1/statuses/${one.id}`)).body as Status).quotes_count, 0)
    })

    test('ACT-17 a question of ours is answered by whoever is quoted alone', async () => {
      const policy = { canQuote: { automaticApproval: [PUBLIC] } }
      const one = vic.note('one', { '@context': CONTEXT, interactionPolicy: policy })
      const found = await w.app.fediverse.findStatus(one.id)
      const fields = { status: 'two', quoted_status_id: String(found?.id), visibility: 'public' }
      const two = (await w.as('bob').post('/api/v1/statuses', fields)).body as Status
      await w.settle()
      const [question] = sentOf('QuoteRequest')
      assert.equal(question?.object, one.id)
      assert.equal(inner(question, 'instrument').id, two.uri)
      const state = async () =>
        (((await w.as('bob').get(`/api/v1/statuses/${two.id}`)).body as Status).quote as ShownQuote)?.state
      const yes = (who: Stranger, result: string) => who.activity('Accept', question?.id, { result })
      await send(eve, yes(eve, consent(eve, two.uri, one.id).id))
      await send(vic, yes(vic, `${quin.uri}/consents/1`), vic.activity('Accept', question?.id))
      assert.equal(await state(), 'pending')
      await send(eve, eve.activity('Reject', question?.id))
      assert.equal(await state(), 'pending')
      await send(vic, yes(vic, consent(vic, two.uri, one.id).id))
      assert.equal(await state(), 'accepted')
      await send(vic, vic.activity('Reject', { type: 'QuoteRequest', instrument: two.uri, object: one.id }))
      assert.equal(await state(), 'revoked')
    })

    test('LOOP-13 of a chain of a thousand quotes two are fetched, and one more by who reads the last', async () => {
      const link = (n: number): Json & { id: string } =>
        n === 1000
          ? vic.note('the end')
          : vic.note(`link ${n}`, { '@context': CONTEXT, quote: `${vic.uri}/notes/link-${n + 1}` })
      for (let n = 0; n <= 1000; n++) link(n)
      await send(quin, quin.activity('Create', quoting('start', `${vic.uri}/notes/link-0`)))
      const numbers = () => network.log.flatMap((line) => /^GET .*-(\d+)$/.exec(line)?.[1] ?? [])
      const fetched = () => [...new Set(numbers())]
      assert.deepEqual(fetched(), ['0', '1'])
      const last = await w.app.fediverse.findStatus(`${vic.uri}/notes/link-1`)
      await w.as('bob').get(`/api/v1/statuses/${last?.id}/context`)
      await w.settle()
      assert.deepEqual(fetched(), ['0', '1', '2'])
    })

    test('who may quote a post from elsewhere is read, and a later word about it is no edit', async () => {
      const policy = (...automaticApproval: string[]) => ({
        interactionPolicy: { canQuote: { automaticApproval } },
      })
      const one = quin.note('one', { '@context': CONTEXT, ...policy(PUBLIC) })
      await send(quin, quin.activity('Create', one))
      assert.deepEqual((await post('one')).quote_approval, {
        automatic: ['public'],
        manual: [],
        current_user: 'automatic',
      })
      await send(quin, quin.activity('Update', { ...one, ...policy(`${quin.uri}/followers`) }))
      assert.equal((await post('one')).quote_approval.current_user, 'automatic')
      await send(quin, quin.activity('Update', { ...one, ...policy('https://elsewhere.test/friends') }))
      const { quote_approval, edited_at } = await post('one')
      assert.deepEqual(quote_approval, {
        automatic: ['unsupported_policy'],
        manual: [],
        current_user: 'unknown',
      })
      assert.equal(edited_at, null)
      await send(quin, quin.activity('Update', { ...one, ...policy(quin.uri) }))
      assert.equal((await post('one')).quote_approval.current_user, 'denied')
    })
  })
}
