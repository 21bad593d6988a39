import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { mastodon } from 'masto'
import { indexTodo } from '../../src/search/index-todo.ts'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage, idsOf } from './stage.ts'

const POSTS = 7
type Pages = AsyncIterable<{ id: string }[]>

for (const database of databases) {
  describe(`masto.js reads (${database})`, () => {
    let stage: ClientStage
    let alice: mastodon.rest.Client
    let bob: mastodon.rest.Client
    /** What alice wrote, newest first. */
    const written: string[] = []

    before(async () => {
      stage = await clientStage(database)
      ;({ alice, bob } = stage.rest)
      for (let n = 0; n < POSTS; n++)
        written.unshift((await alice.v1.statuses.create({ status: `page ${n} #wall` })).id)
      await stage.w.settle()
    })
    after(() => stage.close())

    test('every timeline is paged to its end without a gap or a repetition', async () => {
      const list = await bob.v1.lists.create({ title: 'Walls' })
      const id = String(stage.w.cast.alice.id)
      await bob.v1.lists.$select(list.id).accounts.create({ accountIds: [id] })
      const timelines: Record<string, Pages> = {
        home: bob.v1.timelines.home.list({ limit: 3 }),
        list: bob.v1.timelines.list.$select(list.id).list({ limit: 3 }),
        tag: bob.v1.timelines.tag.$select('wall').list({ limit: 3 }),
        local: bob.v1.timelines.public.list({ limit: 3, local: true }),
        public: stage.anyone.v1.timelines.public.list({ limit: 3 }),
        author: bob.v1.accounts.$select(id).statuses.list({ limit: 3 }),
      }
      for (const [name, pages] of Object.entries(timelines))
        assert.deepEqual(await idsOf(pages), written, name)
    })

    test('what was favourited and bookmarked comes in the order of doing so, to its end', async () => {
      const order = [...written].sort((a, b) => ((BigInt(a) * 7n) % 11n < (BigInt(b) * 7n) % 11n ? -1 : 1))
      for (const id of order) {
        await bob.v1.statuses.$select(id).favourite()
        await bob.v1.statuses.$select(id).bookmark()
      }
      const newest = order.toReversed()
      assert.deepEqual(await idsOf(bob.v1.favourites.list({ limit: 2 })), newest)
      assert.deepEqual(await idsOf(bob.v1.bookmarks.list({ limit: 2 })), newest)
    })

    test('followers, followed people and those who favourited come by pages', async () => {
      const { carol, mallory } = stage.rest
      const bobId = String(stage.w.cast.bob.id)
      await carol.v1.accounts.$select(bobId).follow()
      await mallory.v1.accounts.$select(bobId).follow()
      await alice.v1.accounts.$select(bobId).follow()
      const own = await bob.v1.statuses.create({ status: 'mine' })
      for (const who of [carol, mallory]) await who.v1.statuses.$select(own.id).favourite()
      const people = (...names: ('alice' | 'carol' | 'mallory')[]) =>
        names.map((name) => String(stage.w.cast[name].id))
      const followers = await idsOf(alice.v1.accounts.$select(bobId).followers.list({ limit: 1 }))
      // Those whom the reader blocked are left out, and the pages go on behind them.
      assert.deepEqual(followers, people('alice', 'carol'))
      const own3 = await idsOf(bob.v1.accounts.$select(bobId).followers.list({ limit: 1 }))
      assert.deepEqual(own3, people('alice', 'mallory', 'carol'))
      const likers = await idsOf(bob.v1.statuses.$select(own.id).favouritedBy.list())
      assert.deepEqual(likers, people('mallory', 'carol'))
    })

    test('a marker is kept, and a talk between two is read and put away', async () => {
      const marked = await bob.v1.markers.create({ home: { lastReadId: String(written[2]) } })
      assert.equal(marked.home?.lastReadId, written[2])
      assert.equal((await bob.v1.markers.fetch({ timeline: ['home'] })).home?.version, marked.home?.version)
      await bob.v1.statuses.create({ status: '@alice between us', visibility: 'direct' })
      await stage.w.settle()
      const [talk] = await alice.v1.conversations.list()
      assert.deepEqual([talk?.accounts[0]?.acct, talk?.unread], ['bob', true])
      const read = await alice.v1.conversations.$select(String(talk?.id)).read()
      assert.equal(read.unread, false)
      await alice.v1.conversations.$select(String(talk?.id)).remove()
      assert.deepEqual(await alice.v1.conversations.list(), [])
    })

    test('search finds people, posts and hashtags, and a post by its address', async () => {
      await indexTodo(stage.w.app)
      assert.equal((await bob.v2.search.list({ q: 'alice', type: 'accounts' })).accounts[0]?.acct, 'alice')
      assert.equal((await bob.v2.search.list({ q: 'wall', type: 'hashtags' })).hashtags[0]?.name, 'wall')
      // Bob has favourited them, so they are his to find.
      const found = await bob.v2.search.list({ q: 'page', type: 'statuses', limit: 40 })
      assert.deepEqual(
        found.statuses.map(({ id }) => id),
        written,
      )
      const { url } = await bob.v1.statuses.$select(String(written[0])).fetch()
      const byAddress = await bob.v2.search.list({ q: String(url), resolve: true })
      assert.deepEqual(
        byAddress.statuses.map(({ id }) => id),
        [written[0]],
      )
    })
  })
}
