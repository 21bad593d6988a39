import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { MINUTE } from '#platform/times.ts'
import type { Status } from '#statuses/entities.ts'
import type { Poll } from '#statuses/present-poll.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Json = Record<string, unknown>

for (const database of databases) {
  describe(`polls between servers (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let sent: Json[]
    let w: World
    let pia: Stranger
    let quin: Stranger

    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      sent = []
      w = await world({ database, http: network })
      network.host('p.test', async ({ method, url, body }) => {
        const found = documents.get(url.href)
        if (method === 'POST') sent.push(JSON.parse(body.toString()))
        const status = method === 'POST' ? 202 : found ? 200 : 404
        const headers = { 'content-type': 'application/activity+json' }
        return { status, headers, body: Buffer.from(method === 'POST' ? '' : JSON.stringify(found ?? {})) }
      })
      pia = stranger(documents, 'p.test', 'pia')
      quin = stranger(documents, 'p.test', 'quin')
      const account = await w.app.fediverse.findAccount(pia.uri)
      await w.as('bob').post(`/api/v1/accounts/${account?.id}/follow`)
      const [follow] = await w.app.db.selectFrom('follow_request').selectAll().execute()
      await pia.send(w, pia.activity('Accept', follow?.uri))
      await w.settle()
      sent = []
    })
    afterEach(() => w.close())

    const question = (more: Json = {}) =>
      pia.note('Which one', {
        type: 'Question',
        oneOf: [
          { type: 'Note', name: 'red', replies: { type: 'Collection', totalItems: 2 } },
          { type: 'Note', name: 'blue', replies: { type: 'Collection', totalItems: 3 } },
        ],
        votersCount: 5,
        endTime: '2026-06-01T20:00:00Z',
        ...more,
      })
    const arrived = async () => {
      const { body } = await w.as('bob').get('/api/v1/timelines/home')
      return (body as Status[])[0] as Status & { poll: Poll }
    }
    const take = async (note: Json) => {
      assert.equal(await pia.send(w, pia.activity('Create', note)), 202)
      await w.settle()
      return arrived()
    }
    const asked = async (more: Json = {}) => {
      const poll = { options: ['tea', 'coffee'], expires_in: 3600 }
      const { body } = await w.as('alice').post('/api/v1/statuses', { status: 'What?', poll, ...more })
      return body as Status & { poll: Poll }
    }
    const ballot = (who: Stranger, name: string, uri: string, more: Json = {}) => {
      const note = { id: `${who.uri}#votes/${name}`, type: 'Note', name, attributedTo: who.uri }
      return who.activity('Create', { ...note, inReplyTo: uri, to: w.cast.alice.uri, ...more })
    }
    const tally = async (id: string) => {
      const poll = (await w.as('bob').get(`/api/v1/polls/${id}`)).body as Poll
      return [...poll.options.map((option) => option.votes_count), poll.voters_count]
    }

    test('a Question arrives as a poll with its numbers; a vote goes to its author alone', async () => {
      const { poll } = await take(question())
      assert.deepEqual(
        poll.options.map((option) => [option.title, option.votes_count]),
        [
          ['red', 2],
          ['blue', 3],
        ],
      )
      assert.deepEqual([poll.voters_count, poll.multiple, poll.expired], [5, false, false])
      sent = []
      const voted = await w.as('bob').post(`/api/v1/polls/${poll.id}/votes`, { choices: [1] })
      assert.equal(voted.status, 200, voted.text)
      await w.settle()
      const { object, ...create } = sent[0] as Json & { object: Json }
      assert.equal(sent.length, 1)
      assert.equal(create.type, 'Create')
      assert.equal(create.to, pia.uri)
      assert.equal(object.name, 'blue')
      assert.equal('content' in object, false)
      assert.equal(object.to, pia.uri)
      assert.match(String(object.inReplyTo), /which-one$|Which-one$/i)
      const posts = (await w.as('bob').get(`/api/v1/accounts/${w.cast.bob.id}/statuses`)).body
      assert.deepEqual(posts, [])
    })

    test('numbers follow an Update, and a poll that is looked at is asked for once a minute', async () => {
      const note = question()
      const { poll, id } = await take(note)
      const told = question({
        votersCount: 7,
        oneOf: [
          { name: 'red', replies: { totalItems: 4 } },
          { name: 'blue', replies: { totalItems: 3 } },
        ],
      })
      await pia.send(w, pia.activity('Update', told))
      await w.settle()
      assert.deepEqual(await tally(poll.id), [4, 3, 7])
      assert.equal(((await w.as('bob').get(`/api/v1/statuses/${id}`)).body as Status).edited_at, null)
      question({
        votersCount: 9,
        oneOf: [
          { name: 'red', replies: { totalItems: 6 } },
          { name: 'blue', replies: { totalItems: 3 } },
        ],
      })
      network.log.length = 0
      await tally(poll.id)
      assert.deepEqual(network.log, [])
      w.clock.advance(2 * MINUTE)
      assert.deepEqual((await w.anyone.get(`/api/v1/polls/${poll.id}`)).status, 200)
      assert.deepEqual(network.log, [], 'strangers make nobody ask')
      assert.deepEqual(await tally(poll.id), [6, 3, 9])
      await tally(poll.id)
      assert.deepEqual(network.log, [`GET ${note.id}`])
    })

    test('ACT-15 counts beyond belief are held', async () => {
      const odd = [
        { name: 'red', replies: { totalItems: -5 } },
        { name: 'blue', replies: { totalItems: 1e300 } },
        { name: 'green', replies: { totalItems: '7' } },
        { name: ['x'] },
        'y',
      ]
      const { poll } = await take(question({ oneOf: undefined, anyOf: odd, votersCount: 'many' }))
      assert.deepEqual(
        poll.options.map((option) => option.votes_count),
        [0, 100_000_000, 0],
      )
      assert.equal(poll.multiple, true)
      assert.equal(poll.voters_count, 0)
    })

    test('ACT-14 ACT-13 votes from elsewhere count once, in time, by those who may see the poll', async () => {
      const { poll, uri } = await asked()
      const secret = await asked({ visibility: 'private' })
      for (const each of [
        ballot(pia, 'tea', uri),
        ballot(pia, 'tea', uri),
        ballot(pia, 'coffee', uri),
        ballot(quin, 'milk', uri),
        ballot(quin, 'tea', secret.uri),
      ]) {
        assert.equal(await (String(each.actor) === pia.uri ? pia : quin).send(w, each), 202)
        await w.settle()
      }
      assert.deepEqual(await tally(poll.id), [1, 0, 1])
      assert.deepEqual(await tally(secret.poll.id), [0, 0, 0])
      await quin.send(w, {
        ...ballot(quin, 'coffee', uri),
        '@context': 'https://www.w3.org/ns/activitystreams',
      })
      await w.settle()
      assert.deepEqual(await tally(poll.id), [1, 1, 2])
      w.clock.advance(61 * MINUTE)
      const late = stranger(documents, 'p.test', 'rob')
      await late.send(w, ballot(late, 'tea', uri))
      await w.settle()
      assert.deepEqual(await tally(poll.id), [1, 1, 2])
      // A vote is no post and no mention.
      const notes = (await w.as('alice').get('/api/v1/notifications?types[]=mention')).body
      assert.deepEqual(notes, [])
      const { body } = await w.anyone.get(`/api/v1/statuses/${(await asked()).id}/context`)
      assert.deepEqual(body, { ancestors: [], descendants: [] })
    })

    test('a poll of ours goes out as a Question, and its numbers once, three minutes after the first vote', async () => {
      await w.as('alice').post(`/api/v1/accounts/${w.cast.bob.id}/unfollow`)
      await pia.send(w, pia.activity('Follow', w.cast.alice.uri))
      await w.settle()
      sent = []
      const { poll, uri } = await asked()
      await w.settle()
      const created = sent[0] as { type: string; object: Json }
      assert.deepEqual(
        [created.type, created.object.type, created.object.endTime, created.object.votersCount],
        ['Create', 'Question', poll.expires_at, 0],
      )
      assert.deepEqual(created.object.oneOf, [
        { type: 'Note', name: 'tea', replies: { type: 'Collection', totalItems: 0 } },
        { type: 'Note', name: 'coffee', replies: { type: 'Collection', totalItems: 0 } },
      ])
      sent = []
      await w.as('bob').post(`/api/v1/polls/${poll.id}/votes`, { choices: [0] })
      await quin.send(w, ballot(quin, 'tea', uri))
      await w.settle()
      assert.deepEqual(sent, [])
      w.clock.advance(3 * MINUTE)
      await w.settle()
      const updates = [...new Map((sent as Json[]).map((each) => [each.id, each] as const)).values()] as {
        type: string
        object: Json & { oneOf: { replies: Json }[] }
        to: string[]
      }[]
      assert.deepEqual(
        updates.map((each) => [each.type, each.object.oneOf[0]?.replies.totalItems, each.object.votersCount]),
        [['Update', 2, 2]],
      )
      assert.equal('updated' in (updates[0]?.object ?? {}), false)
      assert.deepEqual(updates[0]?.to, [PUBLIC])
      w.clock.advance(60 * MINUTE)
      sent = []
      await w.settle()
      assert.equal((sent[0]?.object as Json | undefined)?.closed, poll.expires_at)
    })
  })
}
