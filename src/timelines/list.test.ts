import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { List } from '#relationships/lists.ts'
import type { Status } from '#statuses/entities.ts'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const plain = (status: Status) => (status.reblog ?? status).content.replace(/<[^>]+>/g, '')

for (const database of databases) {
  describe(`lists and hashtags as timelines (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const post = async (who: Name, status: string, more: Record<string, unknown> = {}) => {
      w.clock.advance(1000)
      const answer = await w.as(who).post('/api/v1/statuses', { status, visibility: 'public', ...more })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const read = async (path: string) => ((await w.as('bob').get(path)).body as Status[]).map(plain)
    const home = () => read('/api/v1/timelines/home')
    const listOf = async (fields: Record<string, unknown>, ...members: Name[]) => {
      const list = (await w.as('bob').post('/api/v1/lists', { title: 'some', ...fields })).body as List
      const account_ids = members.map((name) => String(w.cast[name].id))
      const { status } = await w.as('bob').post(`/api/v1/lists/${list.id}/accounts`, { account_ids })
      assert.equal(status, 200)
      return `/api/v1/timelines/list/${list.id}`
    }

    test('a list shows what its members wrote and boosted, and a reply as its owner chose', async () => {
      const stranger = await post('carol', 'from carol')
      const own = await post('bob', 'from bob')
      const first = await post('alice', 'from alice')
      await post('alice', 'to herself', { in_reply_to_id: first.id })
      await post('alice', 'to bob', { in_reply_to_id: own.id })
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/follow`)
      await w.as('carol').post(`/api/v1/follow_requests/${w.cast.bob.id}/authorize`)
      await post('alice', 'to carol', { in_reply_to_id: stranger.id })
      await post('alice', '@bob between us', { visibility: 'direct' })
      assert.equal((await home())[0], '@bob between us')
      const always = ['to bob', 'to herself', 'from alice']
      assert.deepEqual(await read(await listOf({ replies_policy: 'none' }, 'alice')), always)
      assert.deepEqual(await read(await listOf({ replies_policy: 'list' }, 'alice')), always)
      const followed = await read(await listOf({ replies_policy: 'followed' }, 'alice'))
      assert.deepEqual(followed, ['to carol', ...always])
      const both = await read(await listOf({ replies_policy: 'list' }, 'alice', 'carol'))
      assert.deepEqual(both, ['to carol', ...always, 'from carol'])
      await w.as('alice').post(`/api/v1/statuses/${own.id}/reblog`)
      assert.equal((await read(await listOf({}, 'alice')))[0], 'from bob')
    })

    test('an exclusive list keeps its members out of the home, a muted one out of both', async () => {
      await post('alice', 'quiet')
      await post('bob', 'mine')
      const list = await listOf({ exclusive: true }, 'alice')
      assert.deepEqual(await home(), ['mine'])
      assert.deepEqual(await read(list), ['quiet'])
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/mute`)
      assert.deepEqual(await read(list), [])
    })

    test('pages of a list lead to its end, and an empty list is empty', async () => {
      for (let n = 0; n < 7; n++) await post('alice', `post ${n}`)
      const list = await listOf({}, 'alice')
      const seen: string[] = []
      let path: string | undefined = `${list}?limit=3`
      while (path) {
        const { body, headers } = await w.as('bob').get(path)
        seen.push(...(body as Status[]).map(plain))
        const next: string | undefined = /<https?:\/\/[^/]+([^>]+)>; rel="next"/.exec(
          headers.get('link') ?? '',
        )?.[1]
        path = (body as Status[]).length > 0 ? next : undefined
      }
      assert.deepEqual(
        seen,
        [6, 5, 4, 3, 2, 1, 0].map((n) => `post ${n}`),
      )
      assert.deepEqual(await read(await listOf({})), [])
      const theirs = await w.as('alice').get(list)
      assert.equal(theirs.status, 404)
    })

    test('public posts with a followed hashtag are in the home, whoever wrote them, and nothing else of theirs', async () => {
      await w.as('bob').post('/api/v1/tags/rain/follow')
      await post('carol', 'no tag')
      await post('carol', 'seen #Rain')
      await post('carol', 'unlisted #rain', { visibility: 'unlisted' })
      await post('carol', 'private #rain', { visibility: 'private' })
      await post('alice', 'followed #rain')
      await post('bob', 'mine #rain')
      assert.deepEqual(await home(), ['mine #rain', 'followed #rain', 'seen #Rain'])
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/block`)
      assert.deepEqual(await home(), ['mine #rain', 'followed #rain'])
    })

    test('hashtag timelines take any of several, all of several, and none of some', async () => {
      await post('carol', 'one #a')
      await post('carol', 'two #a #b')
      await post('carol', 'three #b #c')
      await post('carol', 'four #a #c', { visibility: 'unlisted' })
      const of = (query: string) => read(`/api/v1/timelines/tag/a?${query}`)
      assert.deepEqual(await of('any[]=b'), ['three #b #c', 'two #a #b', 'one #a'])
      assert.deepEqual(await of('all[]=B'), ['two #a #b'])
      assert.deepEqual(await of('none[]=b'), ['one #a'])
      assert.deepEqual(await of('any[]=b&none[]=c&limit=1'), ['two #a #b'])
      assert.deepEqual(await of('all[]=never'), [])
      assert.deepEqual(await of('any[]=never&any[]=%20'), ['two #a #b', 'one #a'])
    })
  })
}
