import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { statusById } from '#statuses/statuses.ts'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { TOLD } from '../streaming/tell.ts'
import type { Notification } from './entities.ts'
import type { NotificationType } from './kinds.ts'
import { notificationTypes } from './kinds.ts'
import { tell } from './tell.ts'

type Request = {
  id: string
  notifications_count: string
  account: { username: string }
  last_status?: { id: string }
}
type Summary = { pending_requests_count: number; pending_notifications_count: number }

for (const database of databases) {
  describe(`who may interrupt whom (${database})`, () => {
    let w: World
    let told: string[]
    beforeEach(async () => {
      w = await world({ database })
      told = []
      w.app.events.subscribe(TOLD, (message) => {
        if (message.kind === 'notified' || message.kind === 'merged') told.push(message.kind)
      })
    })
    afterEach(() => w.close())

    const post = async (who: Name, status: string, more: Record<string, unknown> = {}) => {
      w.clock.advance(60_000)
      const { body } = await w.as(who).post('/api/v1/statuses', { status, visibility: 'direct', ...more })
      await w.settle()
      return body as { id: string }
    }
    const api = async (path: string) => (await w.as('alice').get(`/api/v1/notifications${path}`)).body
    const list = async (query = '') => (await api(query)) as Notification[]
    const requests = async () => (await api('/requests')) as Request[]
    const summary = async () =>
      ((await w.as('alice').get('/api/v2/notifications/policy')).body as { summary: Summary }).summary
    const rowsOfAlice = () =>
      w.app.db.selectFrom('notification').selectAll().where('account_id', '=', w.cast.alice.id).execute()

    test('an unasked private mention waits in a request and interrupts nobody', async () => {
      await post('carol', '@alice hello')
      const last = await post('carol', '@alice are you there')
      assert.deepEqual(await list(), [])
      assert.deepEqual(told, [])
      assert.equal((await list('?include_filtered=true')).length, 2)
      assert.equal((await list(`?account_id=${w.cast.carol.id}`))[0]?.filtered, true)
      const v2 = await w.as('alice').get('/api/v2/notifications?include_filtered=true')
      assert.equal((v2.body as { notification_groups: object[] }).notification_groups.length, 2)
      const [request] = await requests()
      assert.equal(request?.account.username, 'carol')
      assert.equal(request?.notifications_count, '2')
      assert.equal(request?.last_status?.id, last.id)
      assert.deepEqual(await summary(), { pending_requests_count: 1, pending_notifications_count: 2 })
      for (const version of ['v1', 'v2']) {
        const { body } = await w.as('alice').get(`/api/${version}/notifications/unread_count`)
        assert.deepEqual(body, { count: 0 })
      }
      await w.as('carol').delete(`/api/v1/statuses/${last.id}`)
      assert.equal((await requests())[0]?.notifications_count, '1')
    })

    test('an answer to one’s own private mention passes, wherever in the thread that is', async () => {
      const asked = await post('alice', '@carol a question')
      const answer = await post('carol', '@alice an answer', { in_reply_to_id: asked.id })
      await post('carol', '@alice and more', { in_reply_to_id: answer.id })
      assert.equal((await list()).length, 2)
      assert.deepEqual(told, ['notified', 'notified'])
    })

    test('who is let in passes from then on, and what waited comes back by a job', async () => {
      await post('carol', '@alice hello')
      const [request] = await requests()
      const one = await w.as('alice').get(`/api/v1/notifications/requests/${request?.id}`)
      assert.equal((one.body as Request).id, request?.id)
      for (const action of ['accept', 'dismiss']) {
        const path = `/api/v1/notifications/requests/${request?.id}/${action}`
        assert.equal((await w.as('bob').post(path)).status, 404, 'AZ-09')
        await w.as('bob').post(`/api/v1/notifications/requests/${action}`, { id: [request?.id] })
      }
      assert.equal((await w.as('bob').get(`/api/v1/notifications/requests/${request?.id}`)).status, 404)
      assert.equal((await requests()).length, 1)
      const accepted = await w.as('alice').post(`/api/v1/notifications/requests/${request?.id}/accept`)
      assert.deepEqual([accepted.status, accepted.body], [200, {}])
      assert.deepEqual(await api('/requests/merged'), { merged: false })
      assert.deepEqual(await requests(), [])
      await w.settle()
      assert.deepEqual(await api('/requests/merged'), { merged: true })
      assert.deepEqual(told, ['merged'])
      await post('carol', '@alice thank you')
      assert.equal((await list()).length, 2)
      assert.equal(
        (await w.as('alice').post(`/api/v1/notifications/requests/${request?.id}/accept`)).status,
        404,
      )
    })

    test('who is dismissed leaves nothing, and waits again next time', async () => {
      await post('carol', '@alice hello')
      await post('bob', '@alice hello')
      const ids = (await requests()).map((each) => each.id)
      assert.equal(ids.length, 2)
      assert.equal(
        (await w.as('alice').post('/api/v1/notifications/requests/dismiss', { id: ids })).status,
        200,
      )
      await w.settle()
      assert.deepEqual(await requests(), [])
      assert.deepEqual(await rowsOfAlice(), [])
      await post('carol', '@alice again')
      const [again] = await requests()
      assert.equal(again?.notifications_count, '1')
      await w.as('alice').post('/api/v1/notifications/requests/accept', { id: [again?.id] })
      await w.settle()
      assert.equal((await list()).length, 1)
    })

    test('BLK-01 who is blocked waits no more, and nothing of theirs is left', async () => {
      await post('carol', '@alice hello')
      await w.as('alice').post(`/api/v1/accounts/${w.cast.carol.id}/block`)
      assert.deepEqual(await requests(), [])
      assert.deepEqual(await rowsOfAlice(), [])
    })

    test('a request goes with the last of what waits in it', async () => {
      await post('carol', '@alice hello')
      const [held] = await list('?include_filtered=true')
      await w.as('alice').post(`/api/v1/notifications/${held?.id}/dismiss`)
      assert.deepEqual(await requests(), [])
      await post('carol', '@alice hello again')
      await w.as('alice').post('/api/v1/notifications/clear')
      assert.deepEqual([await requests(), await rowsOfAlice()], [[], []])
    })

    test('LOOP-12 SPAM-07 following and leaving, liking and unliking in turns interrupts once an hour', async () => {
      const mine = await post('alice', 'mine', { visibility: 'public' })
      const turn = async () => {
        for (const verb of ['follow', 'unfollow', 'follow']) {
          await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/${verb}`)
          await w.settle()
        }
        for (const verb of ['favourite', 'unfavourite', 'favourite']) {
          await w.as('carol').post(`/api/v1/statuses/${mine.id}/${verb}`)
          await w.settle()
        }
      }
      await turn()
      await turn()
      assert.deepEqual(told, ['notified', 'notified'])
      assert.equal((await list()).length, 2)
      w.clock.advance(3_600_001)
      await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/unfollow`)
      await w.as('carol').post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
      await w.settle()
      assert.equal(told.length, 3)
    })

    test('the policy is read and changed in old words and in new', async () => {
      const now = { for_not_following: 'accept', for_not_followers: 'accept', for_new_accounts: 'accept' }
      const usual = {
        ...now,
        for_private_mentions: 'filter',
        for_limited_accounts: 'filter',
        for_bots: 'accept',
      }
      const none = { pending_requests_count: 0, pending_notifications_count: 0 }
      const read = async () => (await w.as('alice').get('/api/v2/notifications/policy')).body
      assert.deepEqual(await read(), { ...usual, summary: none })
      const changed = await w.as('alice').patch('/api/v2/notifications/policy', { for_not_following: 'drop' })
      assert.equal((changed.body as typeof usual).for_not_following, 'drop')
      await w
        .as('alice')
        .put('/api/v1/notifications/policy', { filter_new_accounts: true, filter_private_mentions: 'false' })
      assert.deepEqual(await read(), {
        ...usual,
        for_not_following: 'drop',
        for_new_accounts: 'filter',
        for_private_mentions: 'accept',
        summary: none,
      })
      assert.deepEqual((await w.as('alice').get('/api/v1/notifications/policy')).body, {
        filter_not_following: true,
        filter_not_followers: false,
        filter_new_accounts: true,
        filter_private_mentions: false,
        filter_limited_accounts: true,
        filter_bots: false,
        summary: none,
      })
      const refused = await w.as('alice').put('/api/v2/notifications/policy', { for_bots: 'perhaps' })
      assert.equal(refused.status, 422)
      assert.equal((await w.as('bob').get('/api/v2/notifications/policy')).status, 200)
    })

    type Row = {
      name: string
      before?: () => Promise<unknown>
      from?: Name | 'dan'
      outcome: 'passes' | 'waits' | 'nothing'
    }
    const policy = (answers: Record<string, string>) => () =>
      w.as('alice').patch('/api/v2/notifications/policy', answers)
    const account = (who: Name | 'dan', values: Record<string, number>) => () =>
      w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set(values).where('id', '=', w.cast[who].id).execute()
      })
    const mute = (notifications: boolean) => () =>
      w.as('alice').post(`/api/v1/accounts/${w.cast.carol.id}/mute`, { notifications })
    const scenarios: Row[] = [
      { name: 'a stranger', outcome: 'passes' },
      { name: 'the unwanted stranger', before: policy({ for_not_following: 'drop' }), outcome: 'nothing' },
      { name: 'the doubted stranger', before: policy({ for_not_following: 'filter' }), outcome: 'waits' },
      {
        name: 'a follower of today',
        from: 'bob',
        before: policy({ for_not_followers: 'filter' }),
        outcome: 'waits',
      },
      { name: 'a new account', before: policy({ for_new_accounts: 'filter' }), outcome: 'waits' },
      { name: 'a limited account', before: account('carol', { silenced_at: 1 }), outcome: 'waits' },
      { name: 'a suspended account', before: account('carol', { suspended_at: 1 }), outcome: 'nothing' },
      { name: 'somebody muted with notifications', before: mute(true), outcome: 'nothing' },
      { name: 'somebody muted but heard', before: mute(false), outcome: 'passes' },
      { name: 'somebody blocked', from: 'mallory', outcome: 'nothing' },
      { name: 'oneself', from: 'alice', outcome: 'nothing' },
      {
        name: 'somebody of a blocked host',
        from: 'dan',
        before: () => w.as('alice').post('/api/v1/domain_blocks', { domain: 'elsewhere.example' }),
        outcome: 'nothing',
      },
    ]
    for (const { name, before, from = 'carol', outcome } of scenarios) {
      test(`BLK-09 a favourite by ${name}: ${outcome}`, async () => {
        const mine = await post('alice', 'mine', { visibility: 'public' })
        await before?.()
        const status = await statusById(w.app, Number(mine.id))
        const reason = { to: w.cast.alice.id, from: w.cast[from].id, type: 'favourite' as const, status }
        await tell(w.app, { ...reason, status: status ?? null })
        const rows = await rowsOfAlice()
        const got = rows.length === 0 ? 'nothing' : rows[0]?.filtered === 1 ? 'waits' : 'passes'
        assert.equal(got, outcome)
        assert.equal(told.length, outcome === 'passes' ? 1 : 0)
        // Favourites are held back, but only messages make a request.
        assert.deepEqual(await requests(), [])
      })
    }

    test('BLK-09 a mention of or an answer to somebody muted is not told, nor anything in a muted conversation', async () => {
      await w.as('alice').post(`/api/v1/accounts/${w.cast.carol.id}/mute`)
      await post('bob', '@alice @carol all of us', { visibility: 'public' })
      assert.deepEqual(await rowsOfAlice(), [])
      const hers = await post('alice', 'a thread', { visibility: 'public' })
      await w.as('alice').post(`/api/v1/statuses/${hers.id}/mute`)
      await post('bob', '@alice in it', { visibility: 'public', in_reply_to_id: hers.id })
      assert.deepEqual(await rowsOfAlice(), [])
      await post('bob', '@alice beside it', { visibility: 'public' })
      assert.equal((await rowsOfAlice()).length, 1)
    })

    test('staff who show it and stand above pass a mute with messages, and with nothing else', async () => {
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/mute`)
      const heard = await post('alice', '@bob a word', { visibility: 'public' })
      const mine = await post('bob', 'mine', { visibility: 'public' })
      await w.as('alice').post(`/api/v1/statuses/${mine.id}/favourite`)
      await w.settle()
      const bobs = (await w.as('bob').get('/api/v1/notifications')).body as Notification[]
      assert.deepEqual(
        bobs.map((each) => each.status?.id),
        [heard.id],
      )
    })

    test('kinds that are not the policy’s business pass it', async () => {
      const every = { for_not_following: 'drop', for_not_followers: 'drop', for_new_accounts: 'drop' }
      await w.as('alice').patch('/api/v2/notifications/policy', every)
      const theirs = await post('carol', 'theirs', { visibility: 'public' })
      const status = (await statusById(w.app, Number(theirs.id))) ?? null
      const pair = { to: w.cast.alice.id, from: w.cast.carol.id }
      const about: NotificationType[] = [
        'mention',
        'status',
        'reblog',
        'favourite',
        'poll',
        'update',
        'quote',
        'quoted_update',
      ]
      for (const type of about) await tell(w.app, { ...pair, type, status })
      for (const type of ['follow', 'follow_request', 'admin.sign_up'] as const)
        await tell(w.app, { ...pair, type })
      const passed = (await rowsOfAlice()).map((row) => row.type)
      assert.deepEqual(passed.sort(), ['admin.sign_up', 'poll', 'quoted_update', 'status', 'update'])
      assert.equal(notificationTypes.length, 17)
    })
  })
}
