import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const DAY = 86_400_000

for (const database of databases) {
  describe(`home (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const post = async (
      who: 'alice' | 'bob' | 'carol',
      status: string,
      more: Record<string, unknown> = {},
    ) => {
      w.clock.advance(1000)
      return (await w.as(who).post('/api/v1/statuses', { status, visibility: 'public', ...more }))
        .body as Status
    }
    const home = async (query = '') =>
      ((await w.as('bob').get(`/api/v1/timelines/home${query}`)).body as Status[]).map(
        (each) => each.reblog?.content.replace(/<[^>]+>/g, '') ?? each.content.replace(/<[^>]+>/g, ''),
      )

    test('holds own posts and those of followed accounts, newest first, and nobody else’s', async () => {
      await post('alice', 'one')
      await post('carol', 'stranger')
      await post('bob', 'two')
      assert.deepEqual(await home(), ['two', 'one'])
    })

    test('leaves out answers to people the reader does not follow, keeps answers to the reader and to oneself', async () => {
      const stranger = await post('carol', 'stranger')
      const mine = await post('bob', 'mine')
      const own = await post('alice', 'thread')
      await post('alice', 'to stranger', { in_reply_to_id: stranger.id })
      await post('alice', 'to me', { in_reply_to_id: mine.id })
      await post('alice', 'to self', { in_reply_to_id: own.id })
      assert.deepEqual(await home(), ['to self', 'to me', 'thread', 'mine'])
    })

    test('shows a boost once, and not at all where boosts are switched off', async () => {
      const stranger = await post('carol', 'worth it')
      await w.as('alice').post(`/api/v1/statuses/${stranger.id}/reblog`)
      assert.deepEqual(await home(), ['worth it'])
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/follow`, { reblogs: false })
      assert.deepEqual(await home(), [])
    })

    test('BLK-09 drops what is muted or blocked, also when somebody else boosts it', async () => {
      const stranger = await post('carol', 'noise')
      await w.as('alice').post(`/api/v1/statuses/${stranger.id}/reblog`)
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/mute`)
      assert.deepEqual(await home(), [])
    })

    test('pages to the end both ways without losing or repeating a post, however far apart they lie', async () => {
      const all: string[] = []
      for (let n = 0; n < 12; n++) {
        w.clock.advance((n % 4) * 30 * DAY)
        all.unshift((await post('alice', `post ${n}`)).id)
      }
      const seen: string[] = []
      let query = '?limit=5'
      for (let pages = 0; pages < 10; pages++) {
        const page = (await w.as('bob').get(`/api/v1/timelines/home${query}`)).body as Status[]
        if (page.length === 0) break
        seen.push(...page.map((each) => each.id))
        query = `?limit=5&max_id=${page.at(-1)?.id}`
      }
      assert.deepEqual(seen, all)
      const up = (await w.as('bob').get(`/api/v1/timelines/home?limit=5&min_id=${all.at(-1)}`))
        .body as Status[]
      assert.deepEqual(
        up.map((each) => each.id),
        all.slice(-6, -1),
      )
    })

    test('a direct post is there for the mentioned who follows, and for nobody else', async () => {
      await post('alice', '@bob psst', { visibility: 'direct' })
      await post('alice', '@carol psst', { visibility: 'direct' })
      assert.deepEqual(await home(), ['@bob psst'])
    })

    test('PAR-20 odd paging is held to bounds and never breaks', async () => {
      await post('alice', 'one')
      for (const query of [
        '?limit=1000000000',
        '?limit=-1',
        '?max_id=99999999999999999999',
        '?max_id=abc',
        '?min_id=-5',
      ]) {
        const answer = await w.as('bob').get(`/api/v1/timelines/home${query}`)
        assert.equal(answer.status, 200, query)
      }
    })
  })
}
