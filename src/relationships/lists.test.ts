import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { List } from './lists.ts'

for (const database of databases) {
  describe(`lists (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
    })
    after(() => w.close())

    const make = async (fields: Record<string, unknown>) =>
      (await w.as('bob').post('/api/v1/lists', fields)).body as List
    const members = async (list: List, query = '') => {
      const { body } = await w.as('bob').get(`/api/v1/lists/${list.id}/accounts${query}`)
      return (body as { username: string }[]).map((each) => each.username)
    }
    const add = (list: List, ...ids: (number | string)[]) =>
      w.as('bob').post(`/api/v1/lists/${list.id}/accounts`, { account_ids: ids.map(String) })

    test('are made, read, changed and taken apart by their owner', async () => {
      const made = await make({ title: ' Close friends ', replies_policy: 'followed', exclusive: true })
      const expected = { title: 'Close friends', replies_policy: 'followed', exclusive: true }
      assert.deepEqual(made, { id: made.id, ...expected })
      const path = `/api/v1/lists/${made.id}`
      assert.deepEqual((await w.as('bob').get(path)).body, made)
      const changed = await w.as('bob').put(path, { title: 'Friends' })
      assert.deepEqual(changed.body, { ...made, title: 'Friends' })
      const patched = await w.as('bob').patch(path, { exclusive: 'false', replies_policy: 'none' })
      assert.deepEqual(patched.body, { ...made, title: 'Friends', exclusive: false, replies_policy: 'none' })
      assert.ok(((await w.as('bob').get('/api/v1/lists')).body as List[]).some((list) => list.id === made.id))
      assert.deepEqual((await w.as('bob').delete(path)).body, {})
      assert.equal((await w.as('bob').get(path)).status, 404)
    })

    test('odd titles and policies are refused, and more than fifty lists', async () => {
      for (const fields of [
        {},
        { title: ' ' },
        { title: 'x'.repeat(257) },
        { title: 'x', replies_policy: 'all' },
      ])
        assert.equal((await w.as('bob').post('/api/v1/lists', fields)).status, 422, JSON.stringify(fields))
      for (let n = 0; n < 50; n++) await w.as('carol').post('/api/v1/lists', { title: `list ${n}` })
      assert.equal((await w.as('carol').post('/api/v1/lists', { title: 'one more' })).status, 422)
    })

    test('hold oneself and those who are followed or asked; all or none of a request', async () => {
      const list = await make({ title: 'members' })
      assert.equal((await add(list, w.cast.alice.id, w.cast.carol.id)).status, 404)
      assert.deepEqual(await members(list), [])
      assert.equal((await add(list, w.cast.alice.id, w.cast.bob.id)).status, 200)
      assert.equal((await add(list, w.cast.alice.id)).status, 422)
      assert.deepEqual((await members(list)).sort(), ['alice', 'bob'])
      const page = await w.as('bob').get(`/api/v1/lists/${list.id}/accounts?limit=1`)
      assert.match(page.headers.get('link') ?? '', /max_id=\d+>; rel="next", .*since_id=\d+>; rel="prev"/)
      const all = await w.as('bob').get(`/api/v1/lists/${list.id}/accounts?limit=0`)
      assert.equal((all.body as unknown[]).length, 2)
      assert.equal(all.headers.get('link'), null)
      const on = await w.as('bob').get(`/api/v1/accounts/${w.cast.alice.id}/lists`)
      assert.deepEqual(
        (on.body as List[]).map((each) => each.id),
        [list.id],
      )
      await w.as('bob').delete(`/api/v1/lists/${list.id}/accounts?account_ids[]=${w.cast.bob.id}`)
      assert.deepEqual(await members(list), ['alice'])
    })

    test('lose whoever is no longer followed', async () => {
      const list = await make({ title: 'short' })
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/follow`)
      await add(list, w.cast.carol.id)
      assert.deepEqual(await members(list), ['carol'])
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/unfollow`)
      assert.deepEqual(await members(list), [])
    })

    test('AZ-01 other people’s lists do not exist, whatever is asked of them', async () => {
      const list = await make({ title: 'mine' })
      const path = `/api/v1/lists/${list.id}`
      const stranger = w.as('carol')
      const ids = { account_ids: [String(w.cast.carol.id)] }
      const answers = [
        await stranger.get(path),
        await stranger.put(path, { title: 'theirs' }),
        await stranger.delete(path),
        await stranger.get(`${path}/accounts`),
        await stranger.post(`${path}/accounts`, ids),
        await stranger.delete(`${path}/accounts?account_ids[]=1`),
        await w.as('bob').get('/api/v1/lists/none'),
      ]
      assert.deepEqual(
        answers.map((each) => each.status),
        answers.map(() => 404),
      )
      assert.equal(((await w.as('bob').get(path)).body as List).title, 'mine')
    })
  })
}
