import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { z } from 'zod'
import type { BareApp } from '../../../test/bare-app.ts'
import { bareApp } from '../../../test/bare-app.ts'
import { databases } from '../../../test/databases.ts'
import { MINUTE, SECOND } from '../times.ts'
import { job } from './declare.ts'
import { recountAll } from './queue-care.ts'
import { claim } from './queue-claim.ts'
import type { Outcome } from './queue-finish.ts'
import { finish } from './queue-finish.ts'
import { recoverAll, runTimer } from './queue-timer.ts'
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

for (const database of databases) {
  describe(`what crashes leave on ${database}`, () => {
    let bare: BareApp
    const owe = (lane: string) => bare.later(send, { to: lane }, { lane })
    const take = () => bare.app.inTransaction((tx) => claim(tx, 'deliver'))
    const end = (jobs: JobRow[], outcome: Outcome) =>
      bare.app.inTransaction((tx) =>
        finish(
          tx,
          jobs.map((row) => ({ job: row, outcome })),
          middle,
        ),
      )
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

    test('a job whose worker vanished is given to another, and the first can no longer change anything', async () => {
      await owe('a.example')
      const [zombie] = await take()
      assert.ok(zombie)
      bare.clock.advance(59 * SECOND)
      assert.equal(await runTimer(bare.app), 0)
      bare.clock.advance(SECOND)
      assert.equal(await runTimer(bare.app), 1)
      await assertCounted()
      const [row] = await take()
      assert.deepEqual([row?.id, row?.attempts, row?.crashes], [zombie.id, 2, 1])
      assert.equal(await end([zombie], { end: 'dead', reason: 'late' }), 0)
      assert.deepEqual(
        (await bare.jobs()).map((each) => [each.state, each.attempts]),
        [[2, 2]],
      )
      await end(row ? [row] : [], done)
      assert.deepEqual(await bare.jobs(), [])
      await assertCounted()
    })

    test('a process that is alone takes back at once what the last one left running', async () => {
      await owe('a.example')
      await take()
      assert.equal(await recoverAll(bare.app), 1)
      assert.equal((await take()).length, 1)
    })

    /** The process is killed and comes back: whatever ran is given back. */
    const crash = async () => {
      await recoverAll(bare.app)
      await runTimer(bare.app)
    }

    test('a job that kills its worker each time is given up, and the innocent beside it are not (FAIL-21)', async () => {
      for (let n = 0; n < 4; n++) await owe('a.example')
      const poison = (await bare.jobs())[2]?.id
      let starts = 0
      for (let taken = await take(); taken.length > 0; taken = await take()) {
        if (taken.some((job) => job.id === poison)) {
          starts++
          await crash()
        } else {
          await end(taken, done)
          await runTimer(bare.app)
        }
      }
      assert.equal(starts, 5)
      assert.deepEqual(await bare.jobs(), [])
      const dead = await bare.app.db.selectFrom('dead_job').selectAll().execute()
      assert.deepEqual(
        dead.map((row) => row.id),
        [poison],
      )
      assert.match(dead[0]?.reason ?? '', /vanished 5 times/)
      await assertCounted()
    })

    test('whoever was running at two kills runs alone among its like, and a kill later still runs (FAIL-03)', async () => {
      for (let n = 0; n < 3; n++) await owe('a.example')
      for (let n = 0; n < 2; n++) {
        assert.equal((await take()).length, 3)
        await crash()
      }
      const taken: number[] = []
      for (let n = 0; n < 5; n++) {
        const jobs = await take()
        taken.push(jobs.length)
        // The kills that come now meet one of them alone.
        if (n < 2) await crash()
        else await end(jobs, done)
        await runTimer(bare.app)
      }
      assert.deepEqual(taken, [1, 1, 1, 1, 1])
      assert.deepEqual(await bare.jobs(), [])
      assert.deepEqual(await bare.app.db.selectFrom('dead_job').selectAll().execute(), [])
      await assertCounted()
    })

    test('a suspect whose host is silent does not hold up those of other hosts', async () => {
      for (const host of ['a.example', 'b.example']) await owe(host)
      for (let n = 0; n < 2; n++) {
        assert.equal((await take()).length, 2)
        await crash()
      }
      const opens = bare.clock.now + MINUTE
      const silent = (await bare.jobs()).find((job) => job.state === 0)
      await bare.app.inTransaction(async (tx) => {
        const paused = { ready_at: opens, open_until: opens }
        await tx.db
          .updateTable('lane')
          .set(paused)
          .where('lane', '=', silent?.lane ?? '')
          .execute()
      })
      assert.deepEqual(await take(), [])
      await runTimer(bare.app)
      assert.equal((await take()).length, 1)
    })

    test('kills are not held against the job when its host fails later', async () => {
      await owe('a.example')
      for (let n = 0; n < 4; n++) {
        assert.equal((await take()).length, 1)
        await crash()
      }
      await end(await take(), { end: 'lane', reason: 'timed out' })
      const [row] = await bare.jobs()
      assert.deepEqual([row?.state, row?.attempts, row?.lane_failures], [1, 5, 1])
      assert.ok((row?.run_at ?? 0) - bare.clock.now < 20 * SECOND)
    })

    test('a job that ends between two crashes is not suspected', async () => {
      await owe('a.example')
      for (let n = 0; n < 6; n++) {
        const taken = await take()
        assert.equal(taken.length, 1)
        if (n === 2) await end(taken, { end: 'return' })
        else await crash()
      }
      assert.equal((await bare.jobs()).length, 1)
    })
  })
}
