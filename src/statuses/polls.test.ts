import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'
import type { Poll } from './present-poll.ts'

const MINUTE = 60_000
const DAY = 86_400_000

for (const database of databases) {
  describe(`polls (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const two = { options: ['tea', 'coffee'], expires_in: 3600 }
    const ask = async (who: Name, poll: Record<string, unknown>, more: Record<string, unknown> = {}) => {
      const answer = await w.as(who).post('/api/v1/statuses', { status: 'What?', poll, ...more })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status & { poll: Poll }
    }
    const vote = (who: Name, id: string, choices: unknown) =>
      w.as(who).post(`/api/v1/polls/${id}/votes`, { choices })
    const see = async (who: Name, id: string) => (await w.as(who).get(`/api/v1/polls/${id}`)).body as Poll

    test('a poll comes back with its status and counts each voter once', async () => {
      const { poll, id } = await ask('alice', two)
      assert.deepEqual(
        { ...poll, id: null },
        {
          id: null,
          expires_at: '2026-06-01T13:00:01.000Z',
          expired: false,
          multiple: false,
          votes_count: 0,
          voters_count: 0,
          options: [
            { title: 'tea', votes_count: 0 },
            { title: 'coffee', votes_count: 0 },
          ],
          emojis: [],
          voted: true,
          own_votes: [],
        },
      )
      const voted = await vote('bob', poll.id, ['1'])
      assert.equal(voted.status, 200, voted.text)
      assert.deepEqual((voted.body as Poll).own_votes, [1])
      assert.equal((voted.body as Poll).voted, true)
      const again = await vote('bob', poll.id, [0])
      assert.equal(again.status, 422)
      assert.match(again.text, /already voted/)
      const { body } = await w.anyone.get(`/api/v1/statuses/${id}`)
      const shown = (body as { poll: Poll }).poll
      assert.deepEqual([shown.votes_count, shown.voters_count, shown.options[1]?.votes_count], [1, 1, 1])
      assert.equal('voted' in shown, false)
    })

    test('where several answers count, others may be added and none repeated', async () => {
      const { poll } = await ask('alice', { ...two, options: ['a', 'b', 'c'], multiple: true })
      assert.equal((await vote('bob', poll.id, [0, 1])).status, 200)
      assert.equal((await vote('bob', poll.id, [1, 2])).status, 422)
      assert.equal((await vote('bob', poll.id, [2])).status, 200)
      const seen = await see('bob', poll.id)
      assert.deepEqual([seen.votes_count, seen.voters_count, seen.own_votes], [3, 1, [0, 1, 2]])
    })

    test('ACT-14 votes that may not be are refused and change no number', async () => {
      const { poll } = await ask('alice', two)
      const refused: [Name, unknown, number][] = [
        ['alice', [0], 422],
        ['bob', [2], 422],
        ['bob', [-1], 422],
        ['bob', ['x'], 422],
        ['bob', [0, 1], 422],
        ['bob', [], 422],
        ['bob', undefined, 422],
        ['mallory', [0], 404],
      ]
      for (const [who, choices, status] of refused) {
        const answer = await vote(who, poll.id, choices)
        assert.equal(answer.status, status, `${who} ${JSON.stringify(choices)} ${answer.text}`)
      }
      assert.equal((await see('bob', poll.id)).votes_count, 0)
      const [one, other] = await Promise.all([vote('bob', poll.id, [0]), vote('bob', poll.id, [1])])
      assert.deepEqual([one.status, other.status].sort(), [200, 422])
      assert.equal((await see('bob', poll.id)).votes_count, 1)
      assert.equal((await w.as('bob').post('/api/v1/polls/12345/votes', { choices: [0] })).status, 404)
    })

    test('PRIV-01 the poll of a post one may not see is like one that is not', async () => {
      const { poll } = await ask('alice', two, { visibility: 'private' })
      assert.equal((await w.anyone.get(`/api/v1/polls/${poll.id}`)).status, 404)
      assert.equal((await w.as('carol').get(`/api/v1/polls/${poll.id}`)).status, 404)
      assert.equal((await vote('carol', poll.id, [0])).status, 404)
      assert.equal((await vote('bob', poll.id, [0])).status, 200)
    })

    test('what is not a poll is refused with the reason', async () => {
      const wrong: [Record<string, unknown>, RegExp][] = [
        [{ options: ['one'], expires_in: 3600 }, /at least two/],
        [{ options: ['a', 'b', 'c', 'd', 'e'], expires_in: 3600 }, /more than 4/],
        [{ options: ['a', 'a'], expires_in: 3600 }, /duplicate/],
        [{ options: ['a', 'x'.repeat(51)], expires_in: 3600 }, /longer than 50/],
        [{ options: ['a', 'b'], expires_in: 299 }, /too soon/],
        [{ options: ['a', 'b'], expires_in: 2_629_747 }, /too far/],
        [{ options: ['a', 'b'] }, /blank/],
      ]
      for (const [poll, reason] of wrong) {
        const answer = await w.as('alice').post('/api/v1/statuses', { status: 'What?', poll })
        assert.equal(answer.status, 422)
        assert.match(answer.text, reason)
      }
      const emojis = await ask('alice', {
        options: ['👩‍👩‍👧‍👦'.repeat(50), 'b'],
        expires_in: '300',
        multiple: 'true',
      })
      assert.equal(emojis.poll.multiple, true)
      const wordless = await w.as('alice').post('/api/v1/statuses', { poll: two })
      assert.equal(wordless.status, 422)
    })

    test('totals can be hidden until the end, when author and voters are told once', async () => {
      const { poll, id } = await ask('alice', { ...two, hide_totals: true })
      await vote('bob', poll.id, [0])
      assert.deepEqual(
        (await see('bob', poll.id)).options.map((option) => option.votes_count),
        [null, null],
      )
      w.clock.advance(61 * MINUTE)
      await w.settle()
      const seen = await see('bob', poll.id)
      assert.equal(seen.expired, true)
      assert.deepEqual(
        seen.options.map((option) => option.votes_count),
        [1, 0],
      )
      assert.equal((await vote('carol', poll.id, [0])).status, 422)
      const told = async (who: Name) =>
        ((await w.as(who).get('/api/v1/notifications?types[]=poll')).body as { status: Status }[]).filter(
          (each) => each.status.id === id,
        )
      for (const who of ['alice', 'bob'] as const) assert.equal((await told(who)).length, 1, who)
      assert.equal((await told('carol')).length, 0)
      // Whatever runs a second time finds it done.
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('poll').set({ ended_at: null }).where('id', '=', Number(poll.id)).execute()
      })
      const { endPoll } = await import('./keep-poll.ts')
      await endPoll.run(w.app, { pollId: Number(poll.id) }, {} as never)
      await w.settle()
      assert.equal((await told('bob')).length, 1)
    })

    test('an edit keeps votes while the options stay, forgets them otherwise, and moves the end', async () => {
      const { poll, id } = await ask('alice', two)
      await vote('bob', poll.id, [0])
      const edit = async (fields: Record<string, unknown>) =>
        (await w.as('alice').put(`/api/v1/statuses/${id}`, { status: 'What?', ...fields })).body as Status
      const later = await edit({ poll: { ...two, expires_in: 86_400 }, status: 'What now?' })
      assert.equal(later.poll?.votes_count, 1)
      assert.equal(later.poll?.id, poll.id)
      const other = await edit({ poll: { ...two, options: ['tea', 'water'], expires_in: 86_400 } })
      assert.deepEqual([other.poll?.votes_count, other.poll?.voters_count], [0, 0])
      assert.equal((await vote('bob', poll.id, [1])).status, 200)
      const none = await edit({})
      assert.equal(none.poll, null)
      assert.equal((await w.as('bob').get(`/api/v1/polls/${poll.id}`)).status, 404)
      w.clock.advance(2 * DAY)
      await w.settle()
    })

    test('polls go with their post', async () => {
      const { poll, id } = await ask('alice', two)
      await vote('bob', poll.id, [0])
      await w.as('alice').delete(`/api/v1/statuses/${id}`)
      assert.equal((await w.as('bob').get(`/api/v1/polls/${poll.id}`)).status, 404)
      const left = await w.app.db
        .selectFrom('poll_vote')
        .select('id')
        .where('poll_id', '=', Number(poll.id))
        .execute()
      assert.deepEqual(left, [])
    })
  })
}
