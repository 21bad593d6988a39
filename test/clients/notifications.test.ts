import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { mastodon } from 'masto'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage, idsOf } from './stage.ts'

for (const database of databases) {
  describe(`masto.js is notified (${database})`, () => {
    let stage: ClientStage
    let alice: mastodon.rest.Client
    let bob: mastodon.rest.Client
    let carol: mastodon.rest.Client
    before(async () => {
      stage = await clientStage(database)
      ;({ alice, bob, carol } = stage.rest)
      const { id } = await alice.v1.statuses.create({ status: 'a wall' })
      for (const who of [bob, carol]) await who.v1.statuses.$select(id).favourite()
      await bob.v1.statuses.$select(id).reblog()
      await bob.v1.statuses.create({ status: '@alice nice', inReplyToId: id })
      await carol.v1.accounts.$select(String(stage.w.cast.alice.id)).follow()
      await stage.w.settle()
    })
    after(() => stage.close())

    test('each thing that concerns somebody is told once, page by page', async () => {
      const kinds: string[] = []
      for await (const page of alice.v1.notifications.list({ limit: 2 }))
        kinds.push(...page.map(({ type }) => type))
      assert.deepEqual(kinds, ['follow', 'mention', 'reblog', 'favourite', 'favourite'])
      const likes = await idsOf(alice.v1.notifications.list({ types: ['favourite'], limit: 1 }))
      assert.equal(likes.length, 2)
      const others = await alice.v1.notifications.list({ excludeTypes: ['favourite', 'reblog'] })
      assert.deepEqual(
        others.map(({ type }) => type),
        ['follow', 'mention'],
      )
    })

    test('what is alike is told together, with the people who did it', async () => {
      const grouped = await alice.v2.notifications.list()
      const likes = grouped.notificationGroups.find(({ type }) => type === 'favourite')
      assert.equal(likes?.notificationsCount, 2)
      // masto.js calls them one text.
      const sample = likes?.sampleAccountIds as unknown as string[]
      const names = sample.map((id) => grouped.accounts.find((one) => one.id === id)?.acct)
      assert.deepEqual(names, ['carol', 'bob'])
      const people = await alice.v2.notifications.$select(String(likes?.groupKey)).accounts.fetch()
      assert.equal(people.length, 2)
    })

    test('both ways of counting what is unread agree, and the marker ends it', async () => {
      const [newest] = await alice.v1.notifications.list({ limit: 1 })
      assert.equal((await alice.v1.notifications.unreadCount.fetch()).count, 5)
      assert.equal((await alice.v2.notifications.unreadCount.fetch()).count, 4)
      await alice.v1.markers.create({ notifications: { lastReadId: String(newest?.id) } })
      assert.equal((await alice.v1.notifications.unreadCount.fetch()).count, 0)
      assert.equal((await alice.v2.notifications.unreadCount.fetch()).count, 0)
    })

    test('whom somebody does not follow may be made to wait, and be let in', async () => {
      await alice.v2.notifications.policy.update({ forNotFollowing: 'filter' })
      await bob.v1.statuses.create({ status: '@alice once more' })
      await stage.w.settle()
      const [waiting] = await alice.v1.notifications.requests.list()
      assert.equal(waiting?.account.acct, 'bob')
      assert.equal((await alice.v2.notifications.policy.fetch()).summary.pendingRequestsCount, 1)
      await alice.v1.notifications.requests.$select(String(waiting?.id)).accept()
      await stage.w.settle()
      assert.deepEqual(await alice.v1.notifications.requests.list(), [])
      const [newest] = await alice.v1.notifications.list({ limit: 1 })
      assert.equal(newest?.type, 'mention')
    })

    test('one is put away, then all', async () => {
      const [newest, second] = await alice.v1.notifications.list()
      await alice.v1.notifications.$select(String(newest?.id)).dismiss()
      assert.equal((await alice.v1.notifications.list())[0]?.id, second?.id)
      await alice.v1.notifications.clear()
      assert.deepEqual(await alice.v1.notifications.list(), [])
    })
  })
}
