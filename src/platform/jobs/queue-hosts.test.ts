import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { z } from 'zod'
import type { BareApp } from '../../../test/bare-app.ts'
import { bareApp } from '../../../test/bare-app.ts'
import { databases } from '../../../test/databases.ts'
import { DAY, MINUTE, SECOND } from '../times.ts'
import { job } from './declare.ts'
import { laneState } from './lanes.ts'
import { expireJobs, recountAll } from './queue-care.ts'
import type { ClaimLimits } from './queue-claim.ts'
import { claim, usualLimits } from './queue-claim.ts'
import type { Outcome } from './queue-finish.ts'
import { finish } from './queue-finish.ts'
import { owed, putMany } from './queue-put.ts'
import { runTimer } from './queue-timer.ts'
import { revive } from './revive.ts'
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
  describe(`hosts that do not answer, on ${database}`, () => {
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

    test('jobs of a dead host are not even taken, and lose nothing', async () => {
      for (let n = 0; n < 20; n++) await owe('dead.example')
      const first = await take()
      await end(first, failed)
      const probe = await take({ most: 1 })
      await end(probe, failed)
      const lane = await laneOf('dead.example')
      assert.equal(lane.state, laneState.open)
      await owe('living.example')
      assert.deepEqual(
        (await take()).map((row) => row.lane),
        ['living.example'],
      )
      const rows = (await bare.jobs()).filter((row) => row.lane === 'dead.example')
      assert.equal(rows.length, 20)
      assert.equal(rows.filter((row) => row.attempts === 0).length, 15)
      assert.ok(rows.every((row) => row.failures === 0))
      await assertCounted()
    })

    test('an open lane is probed by one job when its time comes, then opens by and by', async () => {
      for (let n = 0; n < 20; n++) await owe('ill.example')
      await end(await take(), failed)
      await end(await take({ most: 1 }), failed)
      bare.clock.advance(MINUTE)
      await runTimer(bare.app)
      const probe = await take()
      assert.equal(probe.length, 1)
      await end(probe, done)
      const two = await take()
      assert.equal(two.length, 2)
      await end(two, done)
      assert.equal((await laneOf('ill.example')).state, laneState.closed)
      assert.equal((await take()).length, 4)
      await assertCounted()
    })

    test('Retry-After pauses the lane without a failure', async () => {
      for (let n = 0; n < 3; n++) await owe('busy.example')
      const taken = await take({ most: 1 })
      await end(taken, { end: 'lane', reason: '429', retryAfter: 5 * MINUTE })
      bare.clock.advance(5 * MINUTE - 1)
      await runTimer(bare.app)
      assert.deepEqual(await take(), [])
      bare.clock.advance(1)
      assert.ok((await take()).length > 0)
      assert.equal((await laneOf('busy.example')).fails, 0)
    })

    test('a host that is silent for seven days is given up, nothing more is stored for it, and it can come back', async () => {
      await owe('living.example')
      for (let day = 0; day < 8; day++) {
        await owe('silent.example')
        await owe('living.example')
        await runTimer(bare.app)
        for (const row of await take()) await end([row], row.lane === 'living.example' ? done : failed)
        bare.clock.advance(DAY)
      }
      assert.equal((await laneOf('silent.example')).state, laneState.gone)
      assert.deepEqual(
        (await bare.jobs()).filter((row) => row.state === 0),
        [],
      )
      const [line] = await bare.app.db
        .selectFrom('dead_job')
        .selectAll()
        .where('kind', '=', 'backlog')
        .execute()
      assert.equal(line?.lane, 'silent.example')
      await owe('silent.example')
      assert.deepEqual(
        (await bare.jobs()).filter((row) => row.state === 0),
        [],
      )
      bare.clock.advance(DAY)
      await runTimer(bare.app)
      assert.deepEqual(await bare.jobs(), [])
      await assertCounted()

      assert.deepEqual(await revive(bare.app, 'silent.example'), ['deliver'])
      assert.deepEqual(await revive(bare.app, 'silent.example'), [])
      await owe('silent.example')
      assert.equal((await take()).length, 1)
    })

    test('a week without any line gives nobody up', async () => {
      for (let day = 0; day < 9; day++) {
        await owe('there.example')
        await runTimer(bare.app)
        for (const row of await take()) await end([row], failed)
        bare.clock.advance(DAY)
      }
      assert.equal((await laneOf('there.example')).state, laneState.open)
    })

    test('an open lane is probed at once when its host is heard of, but not twice a minute', async () => {
      for (let n = 0; n < 6; n++) await owe('back.example')
      await end(await take(), failed)
      await end(await take({ most: 1 }), failed)
      await revive(bare.app, 'back.example')
      assert.deepEqual(await take(), [])
      bare.clock.advance(50 * SECOND)
      await revive(bare.app, 'back.example')
      assert.deepEqual(await take(), [])
      bare.clock.advance(11 * SECOND)
      await end(await take(), failed)
      bare.clock.advance(61 * SECOND)
      assert.deepEqual(await take(), [])
      await revive(bare.app, 'back.example')
      await runTimer(bare.app)
      assert.equal((await take()).length, 1)
    })

    test('what waited too long for a silent host is dropped', async () => {
      for (let n = 0; n < 6; n++) await owe('dead.example', { expiresAt: bare.clock.now + 2 * DAY })
      await owe('dead.example')
      await end(await take(), failed)
      await end(await take({ most: 1 }), failed)
      bare.clock.advance(2 * DAY)
      await runTimer(bare.app)
      assert.equal(await expireJobs(bare.app), 6)
      assert.equal((await bare.jobs()).length, 1)
      await assertCounted()
    })

    test('too long a lane loses what matters least', async () => {
      const now = bare.clock.now
      const many = Array.from({ length: 20_000 }, (_, n) =>
        owed(now, send, { to: '' }, { lane: 'slow', prio: n % 2 ? 90 : 30 }),
      )
      for (let n = 0; n < many.length; n += 5000)
        await bare.app.inTransaction((tx) => putMany(tx, many.slice(n, n + 5000)))
      assert.equal((await laneOf('slow')).waiting, 20_000)
      await owe('slow', { prio: 10 })
      const lane = await laneOf('slow')
      assert.equal(lane.waiting, 19_000)
      const kept = await bare.app.db
        .selectFrom('job')
        .select((query) => query.fn.countAll<number>().as('n'))
        .where('prio', '=', 30)
        .executeTakeFirst()
      assert.equal(kept?.n, 10_000)
    })

    test('a probe that was too old to send says nothing about its host; one that was refused shows it alive', async () => {
      for (let n = 0; n < 6; n++) await owe('ill.example')
      await end(await take(), failed)
      await end(await take({ most: 1 }), failed)
      bare.clock.advance(MINUTE)
      await runTimer(bare.app)
      await end(await take(), { end: 'drop', reason: 'it waited too long' })
      assert.equal((await laneOf('ill.example')).state, laneState.open)
      bare.clock.advance(MINUTE)
      await runTimer(bare.app)
      await end(await take(), { end: 'drop', reason: 'answered 410', answered: true })
      assert.equal((await laneOf('ill.example')).state, laneState.half)
    })
  })
}
