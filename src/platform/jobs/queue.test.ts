import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { z } from 'zod'
import type { BareApp } from '../../../test/bare-app.ts'
import { bareApp } from '../../../test/bare-app.ts'
import { databases } from '../../../test/databases.ts'
import { HOUR, MINUTE } from '../times.ts'
import { retryDead } from './dead-jobs.ts'
import { job } from './declare.ts'
import { recountAll } from './queue-care.ts'
import type { ClaimLimits } from './queue-claim.ts'
import { claim, usualLimits } from './queue-claim.ts'
import type { Outcome } from './queue-finish.ts'
import { finish } from './queue-finish.ts'
import { cancelWaiting, owed, putMany } from './queue-put.ts'
import { runTimer } from './queue-timer.ts'
import type { JobRow } from './tables.ts'

const send = job({
  name: 'send',
  queue: 'deliver',
  tries: 3,
  payload: z.object({ to: z.string() }),
  run: async () => {},
})
const middle = () => 0.5
const done: Outcome = { end: 'done', ms: 100 }
const failed: Outcome = { end: 'lane', reason: 'connection refused' }

for (const database of databases) {
  describe(`the queue on ${database}`, () => {
    let bare: BareApp
    const owe = (lane: string, options = {}) => bare.later(send, { to: lane }, { lane, ...options })
    const take = (limits: Partial<ClaimLimits> = {}) =>
      bare.app.inTransaction((tx) => claim(tx, 'deliver', { ...usualLimits, ...limits }))
    const end = (jobs: JobRow[], outcome: Outcome) =>
      bare.app.inTransaction((tx) =>
        finish(
          tx,
          jobs.map((row) => ({ job: row, outcome })),
          middle,
        ),
      )
    const laneOf = async (lane: string) => {
      const row = await bare.lane(lane)
      assert.ok(row)
      return row
    }
    /** Everything the counters say must be what the jobs say. */
    const assertCounted = async () => {
      const read = () => bare.app.db.selectFrom('lane').selectAll().orderBy('queue').orderBy('lane').execute()
      const before = await read()
      await recountAll(bare.app)
      assert.deepEqual(before, await read())
    }

    beforeEach(async () => {
      bare = await bareApp(database)
    })
    afterEach(() => bare.close())

    test('takes what was put, and forgets it when it is done', async () => {
      await owe('a.example')
      const taken = await take()
      assert.deepEqual(
        taken.map((row) => [row.lane, row.attempts, row.state]),
        [['a.example', 1, 2]],
      )
      assert.deepEqual(await take(), [])
      await assertCounted()
      await end(taken, done)
      assert.deepEqual(await bare.jobs(), [])
      await assertCounted()
    })

    test('a job rolled back with its transaction was never owed', async () => {
      const failing = bare.app.inTransaction(async (tx) => {
        await tx.later(send, { to: 'a' }, { lane: 'a.example' })
        throw new Error('no')
      })
      await assert.rejects(failing, /no/)
      assert.deepEqual(await bare.jobs(), [])
      assert.equal(await bare.lane('a.example'), undefined)
    })

    test('refuses a payload that does not fit', async () => {
      await assert.rejects(bare.later(send, { to: 7 } as never))
    })

    test('the best priority of all lanes goes first, and within a lane the older of equals', async () => {
      await owe('posts.example', { prio: 30 })
      await owe('posts.example', { prio: 30 })
      await owe('letters.example', { prio: 10 })
      await owe('posts.example', { prio: 10 })
      const rows = await bare.jobs()
      const order: (number | undefined)[] = []
      for (let n = 0; n < 4; n++) {
        const [row] = await take({ most: 1 })
        assert.ok(row)
        order.push(rows.findIndex((each) => each.id === row.id))
        await end([row], done)
      }
      assert.deepEqual(order.slice(0, 2).sort(), [2, 3])
      assert.deepEqual(order.slice(2), [0, 1])
    })

    test('lanes of equal priority take turns', async () => {
      for (const lane of ['a', 'b', 'c']) for (let n = 0; n < 2; n++) await owe(`${lane}.example`)
      const order: string[] = []
      for (let n = 0; n < 6; n++) {
        const [row] = await take({ most: 1 })
        assert.ok(row)
        order.push(row.lane)
        await end([row], done)
      }
      assert.deepEqual(order.slice(0, 3).sort(), ['a.example', 'b.example', 'c.example'])
      assert.deepEqual(order.slice(3), order.slice(0, 3))
    })

    test('a claim in turn serves a lane that priority would let starve', async () => {
      await owe('low.example', { prio: 90 })
      for (let n = 0; n < 3; n++) {
        await owe('high.example', { prio: 10 })
        const [row] = await take({ most: 1 })
        assert.equal(row?.lane, 'high.example')
        await end(row ? [row] : [], done)
      }
      await owe('high.example', { prio: 10 })
      const [row] = await take({ most: 1, inTurn: true })
      assert.equal(row?.lane, 'low.example')
    })

    test('no host gets more at once than its cap', async () => {
      for (let n = 0; n < 10; n++) await owe('a.example')
      const first = await take()
      assert.equal(first.length, 4)
      assert.deepEqual(await take(), [])
      await end(first.slice(0, 1), done)
      assert.equal((await take()).length, 1)
      await assertCounted()
    })

    test('nothing about an object overtakes an earlier job about it, whatever its priority', async () => {
      await owe('a.example', { prio: 30, objectKey: 1 })
      await owe('a.example', { prio: 10, objectKey: 1 })
      await owe('a.example', { prio: 90, objectKey: 2 })
      const [create, other] = await take()
      assert.deepEqual([create?.prio, other?.prio], [30, 90])
      assert.deepEqual(await take(), [])
      assert.ok(create)
      await end([create], failed)
      assert.deepEqual(await take(), [])
      bare.clock.advance(HOUR)
      await runTimer(bare.app)
      const [again] = await take()
      assert.equal(again?.id, create.id)
      await end(again ? [again] : [], done)
      assert.deepEqual(
        (await take()).map((row) => row.prio),
        [10],
      )
      await assertCounted()
    })

    test('lanes whose work must wait do not hide the lanes behind them', async () => {
      for (let n = 0; n < 20; n++) {
        await owe(`blocked${n}.example`, { prio: 30, objectKey: 1 })
        await owe(`blocked${n}.example`, { prio: 10, objectKey: 1 })
      }
      while ((await take()).length > 0);
      await owe('free.example', { prio: 90 })
      assert.deepEqual(
        (await take()).map((row) => row.lane),
        ['free.example'],
      )
    })

    test('two waiting jobs of a key are one: the newest, at the better priority', async () => {
      await owe('a.example', { unique: 'profile 1', prio: 50 })
      await bare.later(send, { to: 'newest' }, { lane: 'a.example', unique: 'profile 1', prio: 70 })
      const rows = await bare.jobs()
      assert.deepEqual(
        rows.map((row) => [row.payload, row.prio]),
        [['{"to":"newest"}', 50]],
      )
      await assertCounted()
    })

    test('a key is free again while its job runs, and the newer one stands when the older fails', async () => {
      await owe('a.example', { unique: 'profile 1' })
      const taken = await take()
      await bare.later(send, { to: 'newer' }, { lane: 'a.example', unique: 'profile 1' })
      assert.equal((await bare.jobs()).length, 2)
      await end(taken, failed)
      assert.deepEqual(
        (await bare.jobs()).map((row) => row.payload),
        ['{"to":"newer"}'],
      )
      await assertCounted()
    })

    test('what waits can be taken back by its key; what runs goes on', async () => {
      await owe('a.example', { unique: 'create 1 a' })
      const running = await take()
      await owe('b.example', { unique: 'create 1 b' })
      const cancelled = await bare.app.inTransaction((tx) => cancelWaiting(tx, ['create 1 a', 'create 1 b']))
      assert.deepEqual(cancelled, [{ key: 'create 1 b', lane: 'b.example', attempts: 0 }])
      assert.deepEqual(
        (await bare.jobs()).map((row) => row.id),
        running.map((row) => row.id),
      )
      await assertCounted()
    })

    test('a job for later is left alone until it is due', async () => {
      await owe('a.example', { at: bare.clock.now + MINUTE })
      await runTimer(bare.app)
      assert.deepEqual(await take(), [])
      bare.clock.advance(MINUTE)
      assert.equal(await runTimer(bare.app), 1)
      await assertCounted()
      assert.equal((await take()).length, 1)
    })

    test('one who fails by itself comes again by itself, and the host is not blamed', async () => {
      await owe('a.example')
      const taken = await take()
      await end(taken, { end: 'again', at: bare.clock.now + MINUTE, reason: 'a bug' })
      const [row] = await bare.jobs()
      assert.deepEqual([row?.state, row?.failures, row?.last_error], [1, 1, 'a bug'])
      assert.equal((await laneOf('a.example')).fails, 0)
    })

    test('the dead can be put back', async () => {
      await owe('a.example', { prio: 10 })
      await end(await take(), { end: 'dead', reason: 'hopeless' })
      assert.deepEqual(await bare.jobs(), [])
      assert.equal(await retryDead(bare.app, { kind: 'send' }), 1)
      const [row] = await take()
      assert.deepEqual([row?.payload, row?.prio, row?.failures], ['{"to":"a.example"}', 10, 0])
      assert.equal(await retryDead(bare.app, { kind: 'send' }), 0)
    })

    test('a stored document lives as long as a job needs it', async () => {
      const now = bare.clock.now
      const document = { account_id: 1, body: '{}', digest: 'd', created_at: now, left: 0 }
      await bare.app.inTransaction(async (tx) => {
        await tx.db
          .insertInto('outgoing')
          .values([
            { ...document, id: 1 },
            { ...document, id: 2 },
          ])
          .execute()
        const to = (lane: string, ref: number, unique?: string) =>
          owed(now, send, { to: lane }, { lane, ref, ...(unique ? { unique } : {}) })
        await putMany(tx, [to('a', 1), to('b', 1), to('c', 2, 'k'), to('d', 2)])
        await putMany(tx, [to('c', 1, 'k')])
      })
      const left = async () => {
        const rows = await bare.app.db.selectFrom('outgoing').select(['id', 'left']).orderBy('id').execute()
        return rows.map((row) => ({ ...row }))
      }
      assert.deepEqual(await left(), [
        { id: 1, left: 3 },
        { id: 2, left: 1 },
      ])
      const taken = await take()
      await end(
        taken.filter((row) => row.lane === 'd' || row.lane === 'a'),
        done,
      )
      assert.deepEqual(await left(), [{ id: 1, left: 2 }])
      await end(
        taken.filter((row) => row.lane === 'b'),
        { end: 'drop', reason: 'gone' },
      )
      await end(
        taken.filter((row) => row.lane === 'c'),
        { end: 'dead', reason: 'odd' },
      )
      assert.deepEqual(await left(), [])
    })

    test('workers at the same time never take one job twice, and the counters stay right', async () => {
      const now = bare.clock.now
      const many = Array.from({ length: 300 }, (_, n) => owed(now, send, { to: '' }, { lane: `h${n % 30}` }))
      await bare.app.inTransaction((tx) => putMany(tx, many))
      const seen = new Set<number>()
      const worker = async (extra: string) => {
        for (let idle = 0; idle < 5; ) {
          const jobs = await take({ most: 10 })
          idle = jobs.length === 0 ? idle + 1 : 0
          for (const row of jobs) {
            assert.ok(!seen.has(row.id))
            seen.add(row.id)
          }
          await Promise.all([end(jobs, done), jobs.length > 0 && seen.size < 200 ? owe(extra) : null])
        }
      }
      await Promise.all([worker('h1'), worker('h2'), worker('h3')])
      while (true) {
        const jobs = await take()
        if (jobs.length === 0) break
        for (const row of jobs) seen.add(row.id)
        await end(jobs, done)
      }
      assert.ok(seen.size >= 300)
      assert.deepEqual(await bare.jobs(), [])
      await assertCounted()
    })
  })
}
