import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Tag } from '#hashtags/present-tag.ts'
import type { Status } from '#statuses/entities.ts'
import type { Name } from '../../test/cast.ts'
import { openNetwork } from '../../test/network.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { TrendingLink } from './trending-links.ts'
import { computeTrends } from './trends.ts'

const everybody: Name[] = ['alice', 'bob', 'carol']

for (const database of databases) {
  describe(`trends (${database})`, () => {
    let w: World
    let shared: Status
    const link = 'https://zoo.example/kilos'
    before(async () => {
      const network = openNetwork()
      const headers = { 'content-type': 'text/html' }
      network.host('zoo.example', async () => ({
        status: 200,
        headers,
        body: Buffer.from('<title>Kilos</title>'),
      }))
      w = await world({ database, http: network })
      for (const name of everybody)
        await w.as(name).patch('/api/v1/accounts/update_credentials', { discoverable: true })
    })
    after(() => w.close())

    const post = async (who: Name, status: string, more: Record<string, unknown> = {}) => {
      w.clock.advance(1000)
      return (await w.as(who).post('/api/v1/statuses', { status, visibility: 'public', ...more }))
        .body as Status
    }
    const trends = async (kind: string, query = '') =>
      (await w.anyone.get(`/api/v1/trends/${kind}${query}`)).body

    test('there are none until several people agree', async () => {
      await post('alice', 'alone #quiet #quiet')
      await post('alice', 'again #quiet')
      await computeTrends(w.app)
      for (const kind of ['tags', 'statuses', 'links']) assert.deepEqual(await trends(kind), [], kind)
    })

    test('hashtags, pages and statuses trend that several people use publicly', async () => {
      for (const name of everybody) shared = await post(name, `#Storm at ${link} #second`)
      for (const name of everybody) await post(name, 'hidden #whisper', { visibility: 'unlisted' })
      for (const name of everybody) await w.as(name).post(`/api/v1/statuses/${shared.id}/favourite`)
      await w.settle()
      await computeTrends(w.app)
      const tags = (await trends('tags')) as Tag[]
      assert.deepEqual(tags.map((tag) => tag.name).sort(), ['Storm', 'second'])
      assert.equal(tags[0]?.history[0]?.accounts, '3')
      assert.equal(tags[0]?.history.length, 7)
      assert.deepEqual(
        ((await trends('statuses')) as Status[]).map((each) => each.id),
        [shared.id],
      )
      const [page, ...more] = (await trends('links')) as TrendingLink[]
      assert.deepEqual(more, [])
      assert.equal(page?.title, 'Kilos')
      assert.deepEqual(page?.history[0], { day: page?.history[0]?.day, accounts: '3', uses: '3' })
    })

    test('pages are reached by offset, which the Link header says', async () => {
      const first = await w.anyone.get('/api/v1/trends/tags?limit=1')
      assert.match(first.headers.get('link') ?? '', /offset=1>; rel="next"/)
      const second = await w.anyone.get('/api/v1/trends/tags?limit=1&offset=1')
      assert.match(second.headers.get('link') ?? '', /offset=0>; rel="prev"/)
      assert.equal((second.body as Tag[]).length, 1)
      assert.deepEqual((await w.anyone.get('/api/v1/trends?offset=99')).body, [])
    })

    test('a trending page has a timeline of public statuses that link to it; others have none', async () => {
      const path = `/api/v1/timelines/link?url=${encodeURIComponent(link)}`
      const { body } = await w.anyone.get(path)
      assert.equal((body as Status[]).length, 3)
      assert.equal(((await w.anyone.get(`${path}&limit=1`)).body as Status[])[0]?.id, shared.id)
      assert.equal((await w.anyone.get('/api/v1/timelines/link?url=https://nobody.example/')).status, 404)
    })

    test('BLK-11 those who do not wish to be found, or are limited or hidden, make no trend', async () => {
      await w.app.inTransaction((tx) =>
        tx.db.updateTable('account').set({ silenced_at: 1 }).where('id', '=', w.cast.carol.id).execute(),
      )
      await w.as('bob').post(`/api/v1/accounts/${w.cast.carol.id}/block`)
      assert.deepEqual((await w.as('bob').get('/api/v1/trends/statuses')).body, [])
      await computeTrends(w.app)
      assert.deepEqual(await trends('tags'), [])
      assert.deepEqual(await trends('links'), [])
    })
  })
}
