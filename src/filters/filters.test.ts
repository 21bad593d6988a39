import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { StreamingWorld } from '../../test/streams.ts'
import { listening } from '../../test/streams.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Filter } from './present-filter.ts'

type Older = { id: string; phrase: string; irreversible: boolean; whole_word: boolean; context: string[] }

for (const database of databases) {
  describe(`filters (${database})`, () => {
    let w: World
    let streams: StreamingWorld
    before(async () => {
      w = await world({ database })
      streams = await listening(w)
    })
    after(async () => {
      await streams.close()
      await w.close()
    })

    const V2 = '/api/v2/filters'
    const make = async (fields: Record<string, unknown>, who: 'alice' | 'bob' | 'carol' = 'bob') => {
      const made = await w.as(who).post(V2, { title: 'words', context: ['home'], ...fields })
      assert.equal(made.status, 200, made.text)
      return made.body as Filter
    }
    const post = async (fields: Record<string, unknown>) =>
      (await w.as('alice').post('/api/v1/statuses', fields)).body as Status
    const seenBy = async (who: 'bob' | 'carol', id: string) =>
      (await w.as(who).get(`/api/v1/statuses/${id}`)).body as Status
    const matchesOf = (status: Status) =>
      (status.filtered ?? []).flatMap((each) => each.keyword_matches ?? [])
    const clear = async () => {
      for (const { id } of (await w.as('bob').get(V2)).body as Filter[])
        await w.as('bob').delete(`${V2}/${id}`)
    }

    test('are made with keywords, read, changed in all their parts at once, and removed', async () => {
      const made = await make({
        title: ' Football ',
        context: ['home', 'public', 'home'],
        filter_action: 'hide',
        expires_in: '3600',
        keywords_attributes: [{ keyword: 'goal', whole_word: 'false' }, { keyword: 'offside' }],
      })
      assert.deepEqual(
        { ...made, id: '', keywords: made.keywords?.map((each) => ({ ...each, id: '' })) },
        {
          id: '',
          title: 'Football',
          context: ['home', 'public'],
          expires_at: new Date(w.app.now() + 3_600_000).toISOString(),
          filter_action: 'hide',
          keywords: [
            { id: '', keyword: 'goal', whole_word: false },
            { id: '', keyword: 'offside', whole_word: true },
          ],
          statuses: [],
        },
      )
      const path = `${V2}/${made.id}`
      assert.deepEqual((await w.as('bob').get(path)).body, made)
      const [goal, offside] = made.keywords ?? []
      const changed = await w.as('bob').put(path, {
        expires_in: '',
        filter_action: 'blur',
        keywords_attributes: [
          { id: goal?.id, _destroy: true },
          { id: offside?.id, keyword: 'penalty', whole_word: false },
          { keyword: 'corner' },
        ],
      })
      const after = changed.body as Filter
      assert.deepEqual(
        [after.title, after.expires_at, after.filter_action, after.keywords?.map((each) => each.keyword)],
        ['Football', null, 'blur', ['penalty', 'corner']],
      )
      const kept = await w.as('bob').patch(path, { title: 'Ball', keywords_attributes: [{ id: '1' }] })
      assert.equal(kept.status, 404)
      assert.equal(((await w.as('bob').get(path)).body as Filter).title, 'Football', 'all or nothing')
      assert.deepEqual((await w.as('bob').delete(path)).body, {})
      assert.equal((await w.as('bob').get(path)).status, 404)
      assert.equal((await w.as('bob').get(`${V2}/keywords/${offside?.id}`)).status, 404)
    })

    test('keywords and statuses are added, read, changed and removed one by one', async () => {
      const { id } = await make({})
      const bob = w.as('bob')
      const word = (await bob.post(`${V2}/${id}/keywords`, { keyword: 'rain' })).body as { id: string }
      assert.deepEqual(word, { id: word.id, keyword: 'rain', whole_word: true })
      assert.deepEqual((await bob.get(`${V2}/keywords/${word.id}`)).body, word)
      const changed = await bob.put(`${V2}/keywords/${word.id}`, { keyword: 'snow', whole_word: '0' })
      assert.deepEqual(changed.body, { id: word.id, keyword: 'snow', whole_word: false })
      assert.deepEqual((await bob.get(`${V2}/${id}/keywords`)).body, [changed.body])
      const status = await post({ status: 'one' })
      const entry = (await bob.post(`${V2}/${id}/statuses`, { status_id: status.id })).body as { id: string }
      assert.deepEqual(entry, { id: entry.id, status_id: status.id })
      assert.equal((await bob.post(`${V2}/${id}/statuses`, { status_id: status.id })).status, 422)
      assert.deepEqual((await bob.get(`${V2}/statuses/${entry.id}`)).body, entry)
      assert.deepEqual((await bob.get(`${V2}/${id}/statuses`)).body, [entry])
      const [result] = (await seenBy('bob', status.id)).filtered ?? []
      assert.deepEqual([result?.keyword_matches, result?.status_matches], [null, [status.id]])
      assert.equal(result?.filter.keywords, undefined)
      assert.deepEqual((await bob.delete(`${V2}/statuses/${entry.id}`)).body, {})
      assert.deepEqual((await bob.delete(`${V2}/keywords/${word.id}`)).body, {})
      const after = (await bob.get(`${V2}/${id}`)).body as Filter
      assert.deepEqual([after.keywords, after.statuses], [[], []])
      assert.deepEqual((await seenBy('bob', status.id)).filtered, [])
      await bob.post(`${V2}/${id}/statuses`, { status_id: status.id })
      await w.as('alice').delete(`/api/v1/statuses/${status.id}`)
      await w.settle()
      assert.deepEqual((await bob.get(`${V2}/${id}/statuses`)).body, [], 'gone with the post')
    })

    test('PAR-11 what is missing, unknown, too long or too much is refused and says why', async () => {
      const { id } = await make({}, 'carol')
      const good = { title: 'x', context: ['home'] }
      const many = Array.from({ length: 10_000 }, (_, n) => ({ keyword: `word${n}` }))
      const long = Array.from({ length: 110 }, (_, n) => ({ keyword: `${n}`.padEnd(512, 'x') }))
      const table: [string, Record<string, unknown>, number, RegExp][] = [
        [V2, { context: ['home'] }, 422, /Title/],
        [V2, { title: 'x' }, 422, /Context/],
        [V2, { ...good, context: [] }, 422, /Context/],
        [V2, { ...good, context: ['everywhere'] }, 422, /context/i],
        [V2, { ...good, filter_action: 'burn' }, 422, /filter_action|Filter action/i],
        [V2, { ...good, expires_in: 'soon' }, 422, /expires/i],
        [V2, { ...good, title: 'x'.repeat(256) }, 200, /x/],
        [V2, { ...good, title: 'x'.repeat(257) }, 422, /256/],
        [V2, { ...good, keywords_attributes: [{ keyword: ' ' }] }, 422, /Keyword/],
        [V2, { ...good, keywords_attributes: many }, 422, /at most 1000 keywords/],
        [V2, { ...good, keywords_attributes: long }, 422, /at most 50000 characters/],
        [`${V2}/${id}/keywords`, { keyword: 'k'.repeat(512) }, 200, /k/],
        [`${V2}/${id}/keywords`, { keyword: 'k'.repeat(513) }, 422, /512/],
        [`${V2}/${id}/keywords`, {}, 422, /Keyword/],
        [`${V2}/${id}/statuses`, {}, 422, /status_id|Status/i],
        [`${V2}/${id}/statuses`, { status_id: '1' }, 404, /not found/],
      ]
      for (const [path, fields, status, words] of table) {
        const answer = await w.as('carol').post(path, fields)
        const told = `${path} ${JSON.stringify(fields).slice(0, 80)} ${answer.text.slice(0, 200)}`
        assert.equal(answer.status, status, told)
        assert.match(answer.text, words, told)
      }
      const { length } = (await w.as('carol').get(V2)).body as Filter[]
      const rows = Array.from({ length: 200 - length }, () => ({
        id: w.app.newId(),
        account_id: w.cast.carol.id,
        title: 'x',
        context: 'home',
        action: 'warn' as const,
        expires_at: null,
        created_at: 0,
        updated_at: 0,
      }))
      await w.app.inTransaction((tx) => tx.db.insertInto('custom_filter').values(rows).execute())
      const last = await w.as('carol').post(V2, good)
      assert.deepEqual([last.status, /maximum number of filters/.test(last.text)], [422, true])
      assert.equal((await w.as('bob', 'read').post(V2, good)).status, 403)
      assert.equal((await w.anyone.get(V2)).status, 401)
    })

    test('the older shape shows each keyword as a filter, and irreversible is hide', async () => {
      await clear()
      const bob = w.as('bob')
      const made = (
        await bob.post('/api/v1/filters', { phrase: 'spoiler', context: ['home'], irreversible: true })
      ).body as Older
      const { id } = made
      assert.deepEqual(made, { ...made, phrase: 'spoiler', irreversible: true, whole_word: true })
      const [newer] = (await bob.get(V2)).body as [Filter]
      assert.deepEqual([newer.title, newer.filter_action, newer.keywords?.[0]?.id], ['spoiler', 'hide', id])
      const changed = await bob.put(`/api/v1/filters/${id}`, { phrase: 'ending', irreversible: 'false' })
      assert.deepEqual(changed.body, { ...made, phrase: 'ending', irreversible: false })
      await bob.post(`${V2}/${newer.id}/keywords`, { keyword: 'finale' })
      const listed = (await bob.get('/api/v1/filters')).body as Older[]
      assert.deepEqual(
        listed.map((each) => each.phrase),
        ['ending', 'finale'],
      )
      const refused = await bob.put(`/api/v1/filters/${id}`, { context: ['public'] })
      assert.match(refused.text, /more than one filter keyword/)
      assert.equal(refused.status, 422)
      const alone = await bob.patch(`/api/v1/filters/${id}`, { whole_word: false })
      assert.equal((alone.body as Older).whole_word, false)
      assert.deepEqual((await bob.delete(`/api/v1/filters/${id}`)).body, {})
      assert.equal((await bob.get(`${V2}/${newer.id}`)).status, 200)
      await bob.delete(`/api/v1/filters/${listed[1]?.id}`)
      assert.equal((await bob.get(`${V2}/${newer.id}`)).status, 404, 'gone with its last phrase')
      for (const fields of [{}, { phrase: 'x' }, { phrase: 'x', context: ['nowhere'] }])
        assert.equal((await bob.post('/api/v1/filters', fields)).status, 422)
    })

    test('AZ-02 other people’s filters, keywords and statuses do not exist, whatever is asked of them', async () => {
      const filter = await make({ keywords_attributes: [{ keyword: 'mine' }] })
      const status = await post({ status: 'x' })
      const path = `${V2}/${filter.id}`
      const added = await w.as('bob').post(`${path}/statuses`, { status_id: status.id })
      const entry = `${V2}/statuses/${(added.body as { id: string }).id}`
      const word = filter.keywords?.[0]?.id
      const stranger = w.as('alice')
      const own = await make({}, 'alice')
      const answers = [
        await stranger.get(path),
        await stranger.put(path, { title: 'x' }),
        await stranger.patch(path, { title: 'x' }),
        await stranger.delete(path),
        await stranger.get(`${path}/keywords`),
        await stranger.post(`${path}/keywords`, { keyword: 'x' }),
        await stranger.get(`${path}/statuses`),
        await stranger.post(`${path}/statuses`, { status_id: status.id }),
        await stranger.get(`${V2}/keywords/${word}`),
        await stranger.put(`${V2}/keywords/${word}`, { keyword: 'x' }),
        await stranger.delete(`${V2}/keywords/${word}`),
        await stranger.get(entry),
        await stranger.delete(entry),
        await stranger.get(`/api/v1/filters/${word}`),
        await stranger.put(`/api/v1/filters/${word}`, { phrase: 'x' }),
        await stranger.delete(`/api/v1/filters/${word}`),
        await stranger.put(`${V2}/${own.id}`, { keywords_attributes: [{ id: word, _destroy: true }] }),
        await stranger.get(`${V2}/nonsense`),
      ]
      assert.deepEqual(
        answers.map((each) => each.status),
        answers.map(() => 404),
      )
      const after = (await w.as('bob').get(path)).body as Filter
      assert.deepEqual([after.keywords, after.statuses?.length], [filter.keywords, 1])
    })

    test('BLK-09 match warnings, words, poll options and alt texts at every door, until they end', async () => {
      await clear()
      const bob = w.as('bob')
      await bob.post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
      const open = async (who: 'bob' | 'carol', stream: string) => {
        const token = await streams.tokenOf(w.cast[who])
        return streams.socket(`/api/v1/streaming?stream=${stream}`, { token })
      }
      const home = await open('bob', 'user')
      const plainHome = await open('carol', 'user')
      const all = await open('bob', 'public')
      await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
      await w.settle()
      await make({ keywords_attributes: [{ keyword: 'Éclair' }], expires_in: 3600 })
      await w.settle()
      const until = async (stream: typeof home, event: string) => {
        for (;;) {
          const frame = await stream.next()
          if (frame.event === event) return frame.payload ?? ''
        }
      }
      await until(home, 'filters_changed')
      const plain = await post({ status: 'a fresh éCLAIR &amp; coffee' })
      await w.settle()
      const told = JSON.parse(await until(home, 'update')) as Status
      assert.deepEqual(matchesOf(told), ['Éclair'])
      assert.deepEqual(matchesOf(JSON.parse(await until(all, 'update')) as Status), ['Éclair'])
      assert.deepEqual(matchesOf(JSON.parse(await until(plainHome, 'update')) as Status), [])
      const poll = { options: ['tea', 'éclair'], expires_in: 3600 }
      const asked = await post({ status: 'which', poll })
      const warned = await post({ status: 'nothing', spoiler_text: 'ÉCLAIR' })
      const mention = await post({ status: 'an éclair for @bob' })
      const boost = (await w.as('alice').post(`/api/v1/statuses/${plain.id}/reblog`)).body as Status
      const harmless = await post({ status: 'éclairs are other words' })
      await w.settle()
      for (const [status, matched] of [
        [plain, true],
        [asked, true],
        [warned, true],
        [boost, true],
        [harmless, false],
      ] as const) {
        const seen = await seenBy('bob', status.id)
        assert.deepEqual(matchesOf(seen), matched ? ['Éclair'] : [], seen.content)
        if (seen.reblog) assert.deepEqual(matchesOf(seen.reblog), ['Éclair'])
        assert.deepEqual(matchesOf(await seenBy('carol', status.id)), [])
      }
      const notified = (await bob.get('/api/v1/notifications?types[]=mention')).body as { status: Status }[]
      const told2 = notified.find((each) => each.status.id === mention.id)
      assert.deepEqual(told2 && matchesOf(told2.status), ['Éclair'])
      const homeline = (await bob.get('/api/v1/timelines/home')).body as Status[]
      assert.ok(
        homeline.some((each) => each.id === plain.id || each.reblog?.id === plain.id),
        'only annotated',
      )
      const anonymous = (await w.anyone.get(`/api/v1/statuses/${plain.id}`)).body as Status
      assert.equal(anonymous.filtered, undefined)
      const edited = await w.as('alice').put(`/api/v1/statuses/${harmless.id}`, { status: 'one éclair' })
      assert.equal(edited.status, 200)
      assert.deepEqual(matchesOf(await seenBy('bob', harmless.id)), ['Éclair'], 'edited')
      w.clock.advance(3_600_001)
      assert.deepEqual(matchesOf(await seenBy('bob', plain.id)), [], 'ended')
      for (const stream of [home, plainHome, all]) stream.close()
    })
  })
}
