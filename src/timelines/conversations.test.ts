import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Conversation } from './present-conversation.ts'

for (const database of databases) {
  describe(`direct conversations (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const say = async (who: Name, status: string, more: Record<string, unknown> = {}) => {
      w.clock.advance(1000)
      const answer = await w.as(who).post('/api/v1/statuses', { status, visibility: 'direct', ...more })
      await w.settle()
      return answer.body as Status
    }
    const of = async (who: Name, query = '') =>
      (await w.as(who).get(`/api/v1/conversations${query}`)).body as Conversation[]
    const names = (one: Conversation | undefined) => one?.accounts.map((each) => each.username).sort()

    test('stand with each who was addressed, unread for all but the author, under the last status', async () => {
      const first = await say('alice', '@bob hello')
      assert.deepEqual(
        (await of('bob')).map((each) => [each.unread, names(each)]),
        [[true, ['alice']]],
      )
      assert.deepEqual(
        (await of('alice')).map((each) => [each.unread, names(each)]),
        [[false, ['bob']]],
      )
      assert.deepEqual(await of('carol'), [])
      const answer = await say('bob', '@alice hello yourself', { in_reply_to_id: first.id })
      const [kept, ...more] = await of('alice')
      assert.deepEqual(more, [])
      assert.equal(kept?.last_status?.id, answer.id)
      assert.equal(kept?.unread, true)
      assert.equal((await of('bob'))[0]?.unread, false)
    })

    test('fork when somebody else is brought in', async () => {
      const first = await say('alice', '@bob hello')
      await say('alice', '@bob @carol and you', { in_reply_to_id: first.id })
      assert.deepEqual((await of('alice')).map(names), [['bob', 'carol'], ['bob']])
      assert.deepEqual((await of('carol')).map(names), [['alice', 'bob']])
    })

    test('are marked, taken off the list, and come back with the next status', async () => {
      const first = await say('alice', '@bob hello')
      const path = `/api/v1/conversations/${(await of('bob'))[0]?.id}`
      assert.equal(((await w.as('bob').post(`${path}/read`)).body as Conversation).unread, false)
      assert.equal(((await w.as('bob').post(`${path}/unread`)).body as Conversation).unread, true)
      assert.deepEqual((await w.as('bob').delete(path)).body, {})
      assert.deepEqual(await of('bob'), [])
      await say('alice', '@bob again', { in_reply_to_id: first.id })
      assert.equal((await of('bob')).length, 1)
    })

    test('end in the status before when the last is deleted, and go with the only one', async () => {
      const first = await say('alice', '@bob one')
      const second = await say('alice', '@bob two', { in_reply_to_id: first.id })
      await w.as('alice').delete(`/api/v1/statuses/${second.id}`)
      await w.settle()
      assert.equal((await of('bob'))[0]?.last_status?.id, first.id)
      await w.as('alice').delete(`/api/v1/statuses/${first.id}`)
      await w.settle()
      assert.deepEqual(await of('bob'), [])
    })

    test('page by the last status', async () => {
      for (let n = 0; n < 3; n++) await say('alice', `@bob number ${n}`)
      const [newest, ...rest] = await of('bob', '?limit=1')
      assert.deepEqual(rest, [])
      const older = await of('bob', `?max_id=${newest?.last_status?.id}`)
      assert.equal(older.length, 2)
      assert.equal((await of('bob', `?min_id=${older[1]?.last_status?.id}&limit=1`))[0]?.id, older[0]?.id)
    })

    test('AZ-08 other people’s conversations do not exist', async () => {
      await say('alice', '@bob hello')
      const id = (await of('bob'))[0]?.id
      for (const asked of [id, 'none', '1']) {
        const path = `/api/v1/conversations/${asked}`
        const answers = [await w.as('carol').delete(path), await w.as('carol').post(`${path}/read`)]
        assert.deepEqual(
          answers.map((each) => each.status),
          [404, 404],
        )
      }
      assert.equal((await of('bob')).length, 1)
    })
  })
}
