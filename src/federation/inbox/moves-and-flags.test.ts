import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { setDomainPolicy } from '#moderation/domain-policies.ts'
import { DAY } from '#platform/times.ts'
import { block } from '#relationships/block.ts'
import { follow } from '#relationships/follow.ts'
import { addAlias, moveAccount } from '#relationships/move-account.ts'
import type { Status } from '#statuses/entities.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { accountAt } from '../fetch/fetch-account.ts'

for (const database of databases) {
  describe(`moves and reports between servers (${database})`, () => {
    let w: World
    let documents: Map<string, Record<string, unknown>>
    let old: Stranger
    let fresh: Stranger
    let from: AccountRow
    /** What was handed to the old server. */
    let posted: Record<string, unknown>[]
    beforeEach(async () => {
      const network = openNetwork()
      posted = []
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['old.test', 'new.test'])
      const read = network.hostOf('old.test')
      network.host('old.test', async (request) => {
        if (request.method !== 'POST') return read(request)
        posted.push(JSON.parse(request.body.toString()))
        return { status: 202, headers: {}, body: Buffer.alloc(0) }
      })
      old = stranger(documents, 'old.test', 'olga')
      fresh = stranger(documents, 'new.test', 'olga')
      from = (await accountAt(w.app, old.uri)) as AccountRow
      assert.ok(from)
    })
    afterEach(() => w.close())

    const following = async (who: AccountRow, follower: AccountRow) => {
      await follow(w.app, follower, who, { reblogs: false })
      await w.app.inTransaction(async (tx) => {
        for (const row of await tx.db.selectFrom('follow_request').selectAll().execute()) {
          await tx.db.deleteFrom('follow_request').where('id', '=', row.id).execute()
          await tx.db.insertInto('follow').values(row).execute()
        }
      })
    }
    const alias = (names: string[]) =>
      documents.set(fresh.uri, { ...documents.get(fresh.uri), alsoKnownAs: names })
    const move = async (more: Record<string, unknown> = {}) => {
      const activity = old.activity('Move', old.uri, { target: fresh.uri, ...more })
      assert.equal(await old.send(w, activity), 202)
      await w.settle()
    }
    const asked = async () =>
      (await w.app.db.selectFrom('follow_request').selectAll().execute()).map((row) => [
        row.account_id,
        row.target_id,
        row.show_reblogs,
      ])

    test('ACT-21 a move counts only when the new account names the old one, and only by the old one itself', async () => {
      await following(from, w.cast.bob)
      await move()
      alias(['https://other.test/users/x'])
      await move()
      assert.equal((await accountById(w.app, from.id))?.moved_to_id, null)
      alias([old.uri])
      const stolen = fresh.activity('Move', old.uri, { target: fresh.uri })
      assert.equal(await fresh.send(w, stolen), 202)
      await w.settle()
      assert.equal((await accountById(w.app, from.id))?.moved_to_id, null)
    })

    test('followers go along with their choices, blocks stay with the person, and the old profile says where they are', async () => {
      await following(from, w.cast.bob)
      await block(w.app, w.cast.carol, from)
      alias([old.uri])
      await move()
      const to = (await accountAt(w.app, fresh.uri)) as AccountRow
      assert.deepEqual(await asked(), [[w.cast.bob.id, to.id, 0]])
      const shown = (await w.as('bob').get(`/api/v1/accounts/${from.id}`)).body as { moved: { id: string } }
      assert.equal(shown.moved.id, String(to.id))
      const relation = (await w.as('carol').get(`/api/v1/accounts/relationships?id[]=${to.id}`)).body as {
        blocking: boolean
      }[]
      assert.equal(relation[0]?.blocking, true)
      assert.equal((await w.as('bob').post(`/api/v1/accounts/${from.id}/follow`)).status, 404)
    })

    test('ACT-22 there is one move in a week, however many come', async () => {
      alias([old.uri])
      for (let n = 0; n < 5; n++) await move()
      const first = await accountById(w.app, from.id)
      const third = stranger(documents, 'new.test', 'third')
      documents.set(third.uri, { ...documents.get(third.uri), alsoKnownAs: [old.uri] })
      await move({ target: third.uri })
      assert.equal((await accountById(w.app, from.id))?.moved_to_id, first?.moved_to_id)
      w.clock.advance(8 * DAY)
      await move({ target: third.uri })
      assert.notEqual((await accountById(w.app, from.id))?.moved_to_id, first?.moved_to_id)
    })

    test('a member moves away: followers elsewhere are told, and there is no other move for a month', async () => {
      const { alice } = w.cast
      await follow(w.app, from, alice, {}, { uri: `${from.uri}#follows/1` })
      const target = async () => (await accountAt(w.app, fresh.uri, { refresh: true })) as AccountRow
      await assert.rejects(moveAccount(w.app, alice, await target()))
      alias([alice.uri])
      await moveAccount(w.app, alice, await target())
      await w.settle()
      const told = posted.find(({ type }) => type === 'Move')
      assert.deepEqual([told?.object, told?.target], [alice.uri, fresh.uri])
      await assert.rejects(
        moveAccount(w.app, (await accountById(w.app, alice.id)) as AccountRow, await target()),
      )
    })

    test('an account of ours names another as its own, and its document says so', async () => {
      await addAlias(w.app, w.cast.bob, from)
      const document = (
        await w.anyone.get(new URL(w.cast.bob.uri).pathname, { Accept: 'application/activity+json' })
      ).body
      assert.deepEqual((document as { alsoKnownAs: string[] }).alsoKnownAs, [old.uri])
    })

    const flag = async (object: unknown, more: Record<string, unknown> = {}) => {
      const activity = old.activity('Flag', object, { content: 'spam <b>all over</b>', ...more })
      assert.equal(await old.send(w, activity), 202)
      await w.settle()
    }
    const reports = () => w.app.db.selectFrom('report').selectAll().orderBy('id').execute()

    test('a report of another server reaches the staff, with the posts that are the account’s own', async () => {
      const posted = (await w.as('bob').post('/api/v1/statuses', { status: 'buy now' })).body as Status
      const others = (await w.as('carol').post('/api/v1/statuses', { status: 'mine' })).body as Status
      await flag([w.cast.bob.uri, posted.uri])
      const [report] = await reports()
      assert.deepEqual([report?.target_id, report?.comment], [w.cast.bob.id, 'spam all over'])
      assert.deepEqual(JSON.parse(report?.status_ids ?? '[]'), [Number(posted.id)])
      const heard = (await w.as('alice').get('/api/v1/notifications')).body as { type: string }[]
      assert.deepEqual(
        heard.map(({ type }) => type),
        ['admin.report'],
      )
      await flag([w.cast.bob.uri, others.uri])
      assert.equal((await reports()).length, 1, 'two people at once are nobody')
    })

    test('SPAM-06 many reports of one server about one account are a few, and of refused servers none', async () => {
      for (let n = 0; n < 20; n++) await flag(w.cast.bob.uri)
      assert.equal((await reports()).length, 3)
      await setDomainPolicy(w.app, 'old.test', { severity: 'noop', rejectReports: true })
      await flag(w.cast.carol.uri)
      assert.equal((await reports()).length, 3)
    })
  })
}
