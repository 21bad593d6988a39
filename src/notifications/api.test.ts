import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { GroupedNotifications, Notification } from './entities.ts'
import type { NotificationRow } from './notifications.ts'
import { pruneNotifications } from './prune-notifications.ts'

type Group = GroupedNotifications['notification_groups'][number]
const MINUTE = 60_000
const HOUR = 60 * MINUTE

for (const database of databases) {
  describe(`notifications (${database})`, () => {
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
      w.clock.advance(MINUTE)
      const { body } = await w.as(who).post('/api/v1/statuses', { status, visibility: 'public', ...more })
      await w.settle()
      return body as { id: string }
    }
    const act = async (who: 'alice' | 'bob' | 'carol' | 'mallory', path: string) => {
      w.clock.advance(MINUTE)
      const answer = await w.as(who).post(path)
      assert.equal(answer.status, 200, path)
      await w.settle()
    }
    const list = async (query = '') =>
      (await w.as('alice').get(`/api/v1/notifications${query}`)).body as Notification[]
    const grouped = async (query = '') =>
      (await w.as('alice').get(`/api/v2/notifications${query}`)).body as GroupedNotifications
    const words = (groups: Group[]) => groups.map((each) => `${each.type} ${each.notifications_count}`)

    /** Writes notifications for alice as if they had been told, the first the oldest. */
    const put = async (rows: Partial<NotificationRow>[]) => {
      await w.app.inTransaction(async (tx) => {
        for (const row of rows) {
          const id = tx.newId()
          const usual = { from_account_id: w.cast.bob.id, type: 'follow', status_id: null }
          const shown = { filtered: 0, newest: 1, group_key: `ungrouped-${id}` }
          const none = { severance_id: null, report_id: null, collection_id: null, warning_id: null }
          const made = { id, account_id: w.cast.alice.id, ...none }
          await tx.db
            .insertInto('notification')
            .values({ ...made, ...usual, ...shown, created_at: tx.now(), ...row } as NotificationRow)
            .execute()
        }
      })
    }

    test('favourites of one post within 12 hours are one group, shown at its newest', async () => {
      const one = await post('alice', 'one')
      const two = await post('alice', 'two')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('bob', `/api/v1/statuses/${two.id}/favourite`)
      w.clock.advance(11 * HOUR)
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      const { notification_groups: groups, accounts, statuses } = await grouped()
      assert.deepEqual(words(groups), ['favourite 2', 'favourite 1'])
      const [first] = groups as [Group]
      assert.deepEqual(first.sample_account_ids, [String(w.cast.carol.id), String(w.cast.bob.id)])
      assert.equal(first.status_id, one.id)
      assert.equal(typeof first.most_recent_notification_id, 'number')
      assert.equal(String(first.most_recent_notification_id), (await list())[0]?.id)
      assert.match(first.group_key, new RegExp(`^favourite-${one.id}-\\d+$`))
      assert.deepEqual(accounts.map((each) => each.username).sort(), ['bob', 'carol'])
      assert.deepEqual(statuses.map((each) => each.id).sort(), [one.id, two.id].sort())
    })

    test('a group takes no more after 12 hours, and kinds that are not asked for stand alone', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('bob', `/api/v1/statuses/${one.id}/reblog`)
      w.clock.advance(13 * HOUR)
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      await act('carol', `/api/v1/statuses/${one.id}/reblog`)
      w.clock.advance(HOUR)
      const before = (await grouped()).notification_groups
      assert.deepEqual(words(before), ['reblog 1', 'favourite 1', 'reblog 1', 'favourite 1'])
      const dan = { type: 'favourite', from_account_id: w.cast.dan.id, status_id: Number(one.id) }
      await w.app.inTransaction((tx) =>
        tx.db
          .updateTable('notification')
          .set({ newest: 0 })
          .where('group_key', '=', before[1]?.group_key ?? '')
          .execute()
          .then(() => {}),
      )
      await put([{ ...dan, group_key: before[1]?.group_key ?? '' }])
      assert.deepEqual(words((await grouped()).notification_groups)[0], 'favourite 2')
      const alone = (await grouped('?grouped_types[]=reblog')).notification_groups
      assert.deepEqual(words(alone), ['favourite 1', 'reblog 1', 'favourite 1', 'reblog 1', 'favourite 1'])
      assert.equal(alone[0]?.group_key, `ungrouped-${alone[0]?.most_recent_notification_id}`)
    })

    test('partial_avatars gives whole accounts only for the newest of each group', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      const shown = await grouped('?expand_accounts=partial_avatars')
      assert.deepEqual(
        shown.accounts.map((each) => each.username),
        ['carol'],
      )
      assert.deepEqual(
        shown.partial_accounts?.map((each) => [each.acct, Object.keys(each).length]),
        [['bob', 8]],
      )
      assert.equal((await w.as('alice').get('/api/v2/notifications?expand_accounts=some')).status, 422)
    })

    test('a group can be read, its accounts listed, and all of it dismissed', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      const key = (await grouped()).notification_groups[0]?.group_key
      const alone = (await w.as('alice').get(`/api/v2/notifications/${key}`)).body as GroupedNotifications
      assert.deepEqual(words(alone.notification_groups), ['favourite 2'])
      assert.equal(alone.notification_groups[0]?.page_min_id, undefined)
      const accounts = await w.as('alice').get(`/api/v2/notifications/${key}/accounts?limit=1`)
      assert.deepEqual(
        (accounts.body as { username: string }[]).map((each) => each.username),
        ['carol'],
      )
      assert.match(accounts.headers.get('link') ?? '', /rel="next"/)
      assert.equal((await w.as('bob').get(`/api/v2/notifications/${key}`)).status, 404)
      assert.equal((await w.as('bob').get(`/api/v2/notifications/${key}/accounts`)).status, 404)
      await act('bob', `/api/v2/notifications/${key}/dismiss`)
      assert.equal((await list()).length, 2)
      await act('alice', `/api/v2/notifications/${key}/dismiss`)
      assert.deepEqual(await list(), [])
      assert.equal((await w.as('alice').get(`/api/v2/notifications/${key}`)).status, 404)
    })

    test('when the newest of a group goes, the next one stands for it, whoever removed it', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      await act('alice', `/api/v1/accounts/${w.cast.carol.id}/block`)
      assert.deepEqual(words((await grouped()).notification_groups), ['favourite 1'])
      assert.deepEqual(
        (await grouped()).accounts.map((each) => each.username),
        ['bob'],
      )
    })

    test('what is undone is told no more', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('bob', `/api/v1/statuses/${one.id}/unfavourite`)
      assert.deepEqual(await list(), [])
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      assert.equal((await list()).length, 1)
      await act('alice', `/api/v1/accounts/${w.cast.bob.id}/follow`)
      await act('alice', `/api/v1/accounts/${w.cast.bob.id}/unfollow`)
      assert.deepEqual((await w.as('bob').get('/api/v1/notifications')).body, [])
    })

    test('pages to the end on v1 and v2, both ways, without losing or repeating', async () => {
      const one = await post('alice', 'one')
      const favourite = { type: 'favourite', status_id: Number(one.id) }
      const rows: Partial<NotificationRow>[] = []
      for (let n = 0; n < 30; n++) {
        rows.push(
          n % 3 === 0
            ? {}
            : { ...favourite, group_key: `favourite-${one.id}-${n % 5}`, newest: n > 24 ? 1 : 0 },
        )
      }
      await put(rows)
      await w.app.inTransaction((tx) =>
        tx.db
          .updateTable('notification')
          .set({ newest: 0 })
          .where('group_key', 'like', 'favourite-%')
          .execute()
          .then(() => {}),
      )
      for (let n = 0; n < 5; n++) {
        const newest = await w.app.db
          .selectFrom('notification')
          .select('id')
          .where('group_key', '=', `favourite-${one.id}-${n}`)
          .orderBy('id', 'desc')
          .executeTakeFirstOrThrow()
        await w.app.inTransaction((tx) =>
          tx.db
            .updateTable('notification')
            .set({ newest: 1 })
            .where('id', '=', newest.id)
            .execute()
            .then(() => {}),
        )
      }
      const walk = async (path: string, rel: string, idsOf: (body: unknown) => string[]) => {
        const seen: string[][] = []
        let next: string | null = path
        for (let pages = 0; next && pages < 30; pages++) {
          const answer = await w.as('alice').get(next)
          const ids = idsOf(answer.body)
          if (ids.length === 0) break
          seen.push(ids)
          const link = new RegExp(`<([^>]+)>; rel="${rel}"`).exec(answer.headers.get('link') ?? '')?.[1]
          const url = link ? new URL(link) : null
          next = url ? url.pathname + url.search : null
        }
        return rel === 'next' ? seen.flat() : seen.reverse().flat()
      }
      const v1 = (body: unknown) => (body as Notification[]).map((each) => each.id)
      const v2 = (body: unknown) =>
        (body as GroupedNotifications).notification_groups.map((each) => each.group_key)
      const all = v1((await w.as('alice').get('/api/v1/notifications?limit=80')).body)
      assert.equal(all.length, 30)
      assert.deepEqual(await walk('/api/v1/notifications?limit=7', 'next', v1), all)
      assert.deepEqual(await walk('/api/v1/notifications?limit=7&min_id=1', 'prev', v1), all)
      const groups = v2((await w.as('alice').get('/api/v2/notifications?limit=80')).body)
      assert.equal(groups.length, 15)
      assert.deepEqual(await walk('/api/v2/notifications?limit=4', 'next', v2), groups)
      assert.deepEqual(await walk('/api/v2/notifications?limit=4&min_id=1', 'prev', v2), groups)
      for (const each of (await grouped('?limit=4')).notification_groups) {
        assert.ok(Number(each.page_min_id) <= Number(each.page_max_id))
      }
    })

    test('unread counts of v1 and v2 follow the marker, narrow by kind and agree where nothing is grouped', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      await post('bob', '@alice hello')
      const count = async (path: string) =>
        ((await w.as('alice').get(`/api/${path}`)).body as { count: number }).count
      assert.equal(await count('v1/notifications/unread_count'), 3)
      assert.equal(await count('v2/notifications/unread_count'), 2)
      assert.equal(await count('v2/notifications/unread_count?grouped_types[]=follow'), 3)
      assert.equal(await count('v1/notifications/unread_count?limit=1'), 1)
      for (const version of ['v1', 'v2']) {
        assert.equal(await count(`${version}/notifications/unread_count?types[]=mention`), 1)
        assert.equal(await count(`${version}/notifications/unread_count?exclude_types[]=favourite`), 1)
        assert.equal(await count(`${version}/notifications/unread_count?account_id=${w.cast.carol.id}`), 1)
      }
      const [newest] = await list()
      await w.as('alice').post('/api/v1/markers', { notifications: { last_read_id: newest?.id } })
      for (const version of ['v1', 'v2'])
        assert.equal(await count(`${version}/notifications/unread_count`), 0)
    })

    test('the old are forgotten, and of one member all but the newest', async () => {
      await post('bob', '@alice long ago')
      w.clock.advance(181 * 24 * HOUR)
      for (const text of ['one', 'two', 'three']) await post('bob', `@alice ${text}`)
      assert.equal((await list()).length, 4)
      await pruneNotifications(w.app)
      assert.equal((await list()).length, 3)
      await pruneNotifications(w.app, 2)
      const kept = (await list()).map((each) => /(\w+)<.p>$/.exec(each.status?.content ?? '')?.[1])
      assert.deepEqual(kept, ['three', 'two'])
    })

    test('PAR-18 a row that nobody can read is passed over', async () => {
      await put([
        { type: 'a kind of tomorrow' },
        {},
        { from_account_id: 1 },
        { type: 'mention', status_id: 1 },
        {},
      ])
      assert.deepEqual(
        (await list()).map((each) => each.type),
        ['follow', 'follow'],
      )
      assert.equal((await grouped()).notification_groups.length, 2)
    })

    test('lists are narrowed by kind and sender, and unknown kinds are none', async () => {
      const one = await post('alice', 'one')
      await act('bob', `/api/v1/statuses/${one.id}/favourite`)
      await act('carol', `/api/v1/statuses/${one.id}/reblog`)
      const rows: [string, string[]][] = [
        ['?types[]=reblog', ['reblog']],
        ['?exclude_types[]=reblog', ['favourite']],
        [`?account_id=${w.cast.bob.id}`, ['favourite']],
        [`?account_id=${w.cast.mallory.id}`, []],
        ['?account_id=nobody', []],
        ['?types[]=nonsense', []],
        ['?types[]=reblog&exclude_types[]=reblog', []],
        ['?limit=1', ['reblog']],
        ['?limit=-1', ['reblog']],
        ['?max_id=abc', ['reblog', 'favourite']],
      ]
      for (const [query, types] of rows) {
        assert.deepEqual(
          (await list(query)).map((each) => each.type),
          types,
          query,
        )
        assert.deepEqual(
          (await grouped(query)).notification_groups.map((each) => each.type),
          types,
          query,
        )
      }
      const [first] = await list('?supported_types[]=favourite')
      assert.match(first?.fallback?.title ?? '', /^carol boosted/)
      assert.equal((await list('?supported_types[]=reblog'))[0]?.fallback, undefined)
      assert.equal((await list())[0]?.fallback, undefined)
    })

    test('AZ-09 nobody reads or clears the notifications of another', async () => {
      await post('bob', '@alice hello')
      await post('bob', '@alice again')
      const [mine] = await list()
      for (const path of [`${mine?.id}`, '1', 'abc', '99999999999999999999']) {
        assert.equal((await w.as('bob').get(`/api/v1/notifications/${path}`)).status, 404)
        assert.equal((await w.as('bob').post(`/api/v1/notifications/${path}/dismiss`)).status, 404)
        assert.equal((await w.as('bob').delete(`/api/v1/notifications/${path}`)).status, 404)
      }
      assert.equal((await w.as('bob').post('/api/v1/notifications/dismiss', { id: mine?.id })).status, 404)
      await w.as('bob').delete(`/api/v1/notifications/destroy_multiple?ids[]=${mine?.id}`)
      await w.as('bob').post('/api/v1/notifications/clear')
      assert.equal((await list()).length, 2)
      assert.equal((await w.as('alice').get(`/api/v1/notifications/${mine?.id}`)).status, 200)
      assert.equal((await w.as('alice').post('/api/v1/notifications/dismiss', { id: mine?.id })).status, 200)
      assert.equal((await list()).length, 1)
      const rest = (await list())[0]?.id
      await w.as('alice').delete(`/api/v1/notifications/destroy_multiple?ids[]=${rest}&ids[]=7`)
      assert.deepEqual(await list(), [])
    })

    test('PRIV-14 BLK-06 what may no longer be seen is told no more, in no list', async () => {
      const hidden = await post('bob', '@alice secret', { visibility: 'private' })
      assert.equal((await list()).length, 1)
      await w.app.inTransaction(async (tx) => {
        await tx.db.deleteFrom('mention').where('status_id', '=', Number(hidden.id)).execute()
      })
      assert.deepEqual(await list(), [])
      assert.deepEqual((await grouped()).notification_groups, [])
      const gone = await post('bob', '@alice soon gone')
      await w.as('bob').delete(`/api/v1/statuses/${gone.id}`)
      await w.settle()
      assert.deepEqual(await list(), [])
      const one = await post('alice', 'one')
      await act('carol', `/api/v1/statuses/${one.id}/favourite`)
      await w.app.inTransaction(async (tx) => {
        const suspended = { suspended_at: tx.now(), updated_at: tx.now() }
        await tx.db.updateTable('account').set(suspended).where('id', '=', w.cast.carol.id).execute()
      })
      assert.deepEqual(await list(), [])
      assert.deepEqual((await grouped()).accounts, [])
    })
  })
}
