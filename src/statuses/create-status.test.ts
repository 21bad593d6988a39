import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'

const HOUR = 3_600_000

for (const database of databases) {
  describe(`createStatus (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const post = async (who: 'alice' | 'bob' | 'carol' | 'mallory', fields: Record<string, unknown>) => {
      const answer = await w.as(who).post('/api/v1/statuses', fields)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }

    test('a post comes back rendered, with its audience and counters', async () => {
      const status = await post('alice', { status: 'Hello #World, https://example.org/a' })
      assert.match(
        status.content,
        /<a href="https:\/\/here\.example\/tags\/world" class="mention hashtag" rel="tag">/,
      )
      assert.deepEqual(status.tags, [{ name: 'world', url: 'https://here.example/tags/world' }])
      assert.equal(status.visibility, 'public')
      assert.match(status.uri, /^https:\/\/here\.example\/ap\/users\/\d+\/statuses\/\d+$/)
      const { body } = await w.anyone.get(`/api/v1/accounts/${status.account.id}`)
      assert.equal((body as { statuses_count: number }).statuses_count, 1)
    })

    test('a locked account posts to followers unless it says otherwise', async () => {
      assert.equal((await post('carol', { status: 'hi' })).visibility, 'private')
    })

    test('the same Idempotency-Key gives the first post for an hour, and a new one after', async () => {
      const bob = w.as('bob')
      const send = () => bob.post('/api/v1/statuses', { status: 'once' }, { 'Idempotency-Key': 'k1' })
      const [first, second] = [(await send()).body as Status, (await send()).body as Status]
      assert.equal(first.id, second.id)
      w.clock.advance(HOUR + 1)
      assert.notEqual(((await send()).body as Status).id, first.id)
    })

    test('a reply counts at its parent only when it is public', async () => {
      const parent = await post('alice', { status: 'parent' })
      await post('bob', { status: 'open', in_reply_to_id: parent.id })
      await post('bob', { status: '@alice quiet', in_reply_to_id: parent.id, visibility: 'direct' })
      const { body } = await w.anyone.get(`/api/v1/statuses/${parent.id}`)
      assert.equal((body as Status).replies_count, 1)
    })

    test('a reply to what one may not see is refused as unknown', async () => {
      const secret = await post('alice', { status: 'just us', visibility: 'private' })
      const answer = await w.as('carol').post('/api/v1/statuses', { status: 'hm', in_reply_to_id: secret.id })
      assert.equal(answer.status, 404)
    })

    test('empty and over-long posts are refused with 422', async () => {
      const alice = w.as('alice')
      for (const status of ['', ' \u200b ', 'x'.repeat(501)]) {
        assert.equal((await alice.post('/api/v1/statuses', { status })).status, 422)
      }
      assert.equal((await alice.post('/api/v1/statuses', { status: 'x'.repeat(500) })).status, 200)
    })

    test('a mention is told to its receiver, and not through a block', async () => {
      await post('bob', { status: 'hey @carol' })
      await post('mallory', { status: 'hey @alice' })
      await w.settle()
      const { body: carols } = await w.as('carol').get('/api/v1/notifications')
      assert.deepEqual(
        (carols as { type: string }[]).map((each) => each.type),
        ['mention'],
      )
      const { body: alices } = await w.as('alice').get('/api/v1/notifications?types[]=mention')
      assert.deepEqual(alices, [])
    })

    test('the author reads back the source; others do not', async () => {
      const status = await post('alice', { status: '**bold**', content_type: 'text/markdown' })
      assert.match(status.content, /<strong>bold<\/strong>/)
      const own = await w.as('alice').get(`/api/v1/statuses/${status.id}/source`)
      assert.equal((own.body as { text: string }).text, '**bold**')
      assert.equal((await w.as('bob').get(`/api/v1/statuses/${status.id}/source`)).status, 404)
    })

    test('AZ-15: fields that are not a member’s to set are ignored', async () => {
      const status = await post('bob', {
        status: 'mine',
        account_id: w.cast.alice.id,
        uri: 'https://x.example/1',
      })
      assert.equal(status.account.username, 'bob')
      assert.match(status.uri, /^https:\/\/here\.example\//)
    })
  })
}
