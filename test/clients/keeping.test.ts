import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { mastodon } from 'masto'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage } from './stage.ts'

for (const database of databases) {
  describe(`masto.js keeps order (${database})`, () => {
    let stage: ClientStage
    let alice: mastodon.rest.Client
    let bob: mastodon.rest.Client
    const idOf = (name: 'alice' | 'bob') => String(stage.w.cast[name].id)
    before(async () => {
      stage = await clientStage(database)
      ;({ alice, bob } = stage.rest)
    })
    after(() => stage.close())

    test('a list is made, filled, renamed, read, emptied and thrown away', async () => {
      const list = await bob.v1.lists.create({ title: 'Walls' })
      const one = bob.v1.lists.$select(list.id)
      await one.accounts.create({ accountIds: [idOf('alice')] })
      assert.equal((await one.accounts.list())[0]?.acct, 'alice')
      assert.equal((await bob.v1.accounts.$select(idOf('alice')).lists.list())[0]?.id, list.id)
      assert.equal((await one.update({ title: 'Red walls' })).title, 'Red walls')
      const { id } = await alice.v1.statuses.create({ status: 'in the list' })
      assert.equal((await bob.v1.timelines.list.$select(list.id).list())[0]?.id, id)
      await one.accounts.remove({ accountIds: [idOf('alice')] })
      assert.deepEqual(await one.accounts.list(), [])
      await one.remove()
      assert.deepEqual(await bob.v1.lists.list(), [])
    })

    test('a filter takes words and posts, and is seen on what it meets', async () => {
      const filter = await bob.v2.filters.create({
        title: 'Spoilers',
        context: ['home', 'thread'],
        filterAction: 'warn',
        keywordsAttributes: [{ keyword: 'ending', wholeWord: true }],
      })
      const one = bob.v2.filters.$select(filter.id)
      const word = await one.keywords.create({ keyword: 'butler' })
      assert.equal((await one.keywords.list()).length, 2)
      const { id } = await alice.v1.statuses.create({ status: 'The butler, at the ending' })
      const [seen] = await bob.v1.timelines.home.list({ limit: 1 })
      assert.deepEqual(seen?.filtered?.[0]?.keywordMatches?.toSorted(), ['butler', 'ending'])
      await bob.v2.filters.keywords.$select(word.id).remove()
      const held = await one.statuses.create({ statusId: id })
      const again = await bob.v1.statuses.$select(id).fetch()
      assert.deepEqual(again.filtered?.[0]?.statusMatches, [id])
      await bob.v2.filters.statuses.$select(held.id).remove()
      // What older apps know of it: one for each word.
      assert.deepEqual(
        (await bob.v1.filters.list()).map(({ phrase }) => phrase),
        ['ending'],
      )
      await one.remove()
      assert.deepEqual(await bob.v2.filters.list(), [])
    })

    test('a hashtag is followed and featured', async () => {
      assert.equal((await bob.v1.tags.$select('rust').follow()).following, true)
      assert.equal((await bob.v1.followedTags.list())[0]?.name, 'rust')
      assert.equal((await bob.v1.tags.$select('rust').unfollow()).following, false)
      const featured = await bob.v1.featuredTags.create({ name: 'wall' })
      assert.equal((await alice.v1.accounts.$select(idOf('bob')).featuredTags.list())[0]?.name, 'wall')
      await bob.v1.featuredTags.$select(featured.id).remove()
      assert.deepEqual(await bob.v1.featuredTags.list(), [])
    })

    test('people are muted, blocked, noted, and reported', async () => {
      const { carol } = stage.rest
      const toCarol = bob.v1.accounts.$select(String(stage.w.cast.carol.id))
      assert.equal((await toCarol.mute({ duration: 3600, notifications: false })).mutingNotifications, false)
      assert.equal((await bob.v1.mutes.list())[0]?.acct, 'carol')
      assert.equal((await toCarol.unmute()).muting, false)
      assert.equal((await toCarol.block()).blocking, true)
      await assert.rejects(carol.v1.accounts.$select(idOf('bob')).follow(), { status: 403 })
      assert.equal((await bob.v1.blocks.list())[0]?.acct, 'carol')
      assert.equal((await toCarol.unblock()).blocking, false)
      assert.equal((await toCarol.note.create({ comment: 'from school' })).note, 'from school')
      await bob.v1.domainBlocks.create({ domain: 'worse.example' })
      assert.deepEqual(await bob.v1.domainBlocks.list(), ['worse.example'])
      const report = await bob.v1.reports.create({ accountId: String(stage.w.cast.carol.id), comment: 'hm' })
      assert.equal(report.targetAccount.acct, 'carol')
    })
  })
}
