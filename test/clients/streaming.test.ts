import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { mastodon } from 'masto'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage, SCOPES } from './stage.ts'

type Subscription = mastodon.streaming.Subscription
type Heard = { event: string; payload: unknown }

for (const database of databases) {
  describe(`masto.js listens (${database})`, () => {
    let stage: ClientStage
    let air: mastodon.streaming.Client
    before(async () => {
      stage = await clientStage(database)
      air = stage.streaming('bob')
    })
    after(async () => {
      air.close()
      await stage.close()
    })

    /** What a subscription hears from now on, event by event. */
    async function ear(subscription: Subscription) {
      const events = subscription.values()[Symbol.asyncIterator]()
      // Asking first is what subscribes; the order is there once the socket has taken this one.
      let first: Promise<IteratorResult<mastodon.streaming.Event>> | undefined = events.next()
      await air.prepare()
      await stage.served.settle()
      return async (): Promise<Heard> => {
        const { value } = await (first ?? events.next())
        first = undefined
        return value as Heard
      }
    }
    const idOf = (heard: Heard) => (heard.payload as { id: string }).id

    test('home hears a post, its edit, its mention and its end', async () => {
      const user = air.user.subscribe()
      const next = await ear(user)
      const { alice } = stage.rest
      const { id } = await alice.v1.statuses.create({ status: '@bob on the air' })
      await stage.served.settle()
      const first = [await next(), await next()]
      assert.deepEqual(first.map(({ event }) => event).sort(), ['notification', 'update'])
      const update = first.find(({ event }) => event === 'update') as Heard
      assert.equal(idOf(update), id)
      await alice.v1.statuses.$select(id).update({ status: '@bob on the air again' })
      await stage.served.settle()
      const edit = await next()
      assert.deepEqual([edit.event, idOf(edit)], ['status.update', id])
      await alice.v1.statuses.$select(id).remove()
      await stage.served.settle()
      assert.deepEqual((({ event, payload }) => ({ event, payload }))(await next()), {
        event: 'delete',
        payload: id,
      })
      user.unsubscribe()
    })

    test('a hashtag, a list, the local posts and private talk are each heard on their own', async () => {
      const { alice, bob } = stage.rest
      const list = await bob.v1.lists.create({ title: 'Walls' })
      await bob.v1.lists.$select(list.id).accounts.create({ accountIds: [String(stage.w.cast.alice.id)] })
      const open = {
        tag: air.hashtag.subscribe({ tag: 'wall' }),
        list: air.list.subscribe({ list: list.id }),
        local: air.public.local.subscribe(),
        direct: air.direct.subscribe(),
      }
      const [tag, listed, local, direct] = await Promise.all(Object.values(open).map(ear))
      const { id } = await alice.v1.statuses.create({ status: 'a #wall' })
      await stage.served.settle()
      for (const next of [tag, listed, local]) assert.equal(idOf((await next?.()) as Heard), id)
      const secret = await alice.v1.statuses.create({ status: '@bob psst', visibility: 'direct' })
      await stage.served.settle()
      const talk = (await direct?.()) as Heard
      assert.equal(talk.event, 'conversation')
      assert.equal((talk.payload as mastodon.v1.Conversation).lastStatus?.id, secret.id)
      for (const one of Object.values(open)) one.unsubscribe()
    })

    test('that filters changed is told without a payload, and the stream goes on', async () => {
      const user = air.user.subscribe()
      const next = await ear(user)
      const { alice, bob } = stage.rest
      await bob.v2.filters.create({ title: 'spoilers', context: ['home'], filterAction: 'warn' })
      await stage.served.settle()
      const told = await next()
      assert.deepEqual([told.event, told.payload], ['filters_changed', undefined])
      const { id } = await alice.v1.statuses.create({ status: 'still there' })
      await stage.served.settle()
      assert.equal(idOf(await next()), id)
      user.unsubscribe()
    })

    test('an event stream says the same in the words that its readers skip', async () => {
      const lines = await stage.served.lines(
        '/api/v1/streaming/user',
        await stage.served.tokenOf(stage.w.cast.bob, SCOPES),
      )
      assert.equal(await lines.next(), ':)\n')
      await stage.rest.bob.v2.filters.create({ title: 'more', context: ['home'], filterAction: 'warn' })
      await stage.served.settle()
      assert.equal(await lines.next(), 'event: filters_changed\ndata: undefined\n\n')
      lines.close()
    })
  })
}
