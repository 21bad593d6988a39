import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { BareApp } from '../../../test/bare-app.ts'
import { bareApp } from '../../../test/bare-app.ts'
import { databases } from '../../../test/databases.ts'
import { DAY, HOUR, MINUTE } from '../times.ts'
import { Cron, firstRun, installShare, nextRun } from './cron.ts'
import type { CronEntry } from './declare.ts'
import { every } from './declare.ts'

for (const database of databases) {
  describe(`the clock page on ${database}`, () => {
    let bare: BareApp
    let runs: string[]
    const entry = (name: string, when: CronEntry['when'], run: CronEntry['run'] = async () => {}) =>
      every(name, when, async (app) => {
        runs.push(name)
        await run(app)
      })
    const open = (entries: CronEntry[], holder = 'one') =>
      new Cron({ app: bare.app, entries, seed: 'x', holder })
    const turn = async (cron: Cron) => {
      await cron.tick()
      await cron.settle()
    }
    const row = async (name: string) => {
      const found = await bare.app.db
        .selectFrom('cron')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst()
      assert.ok(found)
      return found
    }

    beforeEach(async () => {
      runs = []
      bare = await bareApp(database)
    })
    afterEach(() => bare.close())

    test('an entry runs when its time comes, not before, and again after its span', async () => {
      const cron = open([entry('sweep', { every: 10 * MINUTE })])
      await turn(cron)
      bare.clock.advance(10 * MINUTE)
      await turn(cron)
      assert.equal(runs.length, 1)
      await turn(cron)
      bare.clock.advance(10 * MINUTE - 1)
      await turn(cron)
      assert.equal(runs.length, 1)
      bare.clock.advance(1)
      await turn(cron)
      assert.equal(runs.length, 2)
    })

    test('runs missed in three days off are made up for once', async () => {
      const entries = [entry('sweep', { every: 10 * MINUTE }), entry('prune', { at: '03:30' })]
      const before = open(entries)
      await turn(before)
      bare.clock.advance(DAY)
      await turn(before)
      runs = []
      bare.clock.advance(3 * DAY)
      const after = open(entries, 'two')
      await turn(after)
      await turn(after)
      assert.deepEqual(runs.sort(), ['prune', 'sweep'])
    })

    test('two processes run an entry once', async () => {
      const entries = [
        entry('sweep', { every: MINUTE }, () => new Promise((resolve) => setTimeout(resolve, 10))),
      ]
      const [one, two] = [open(entries, 'one'), open(entries, 'two')]
      await Promise.all([turn(one), turn(two)])
      runs = []
      bare.clock.advance(MINUTE)
      await Promise.all([turn(one), turn(two)])
      assert.deepEqual(runs, ['sweep'])
    })

    test('a run is never stacked upon itself, and keeps its lock while it goes on', async () => {
      let release = () => {}
      const wait = () =>
        new Promise<void>((resolve) => {
          release = resolve
        })
      const slow = entry('slow', { every: MINUTE }, wait)
      const [one, two] = [open([slow], 'one'), open([slow], 'two')]
      await one.tick()
      bare.clock.advance(MINUTE)
      await one.tick()
      for (let n = 0; n < 20; n++) {
        bare.clock.advance(MINUTE)
        await one.tick()
        await two.tick()
      }
      assert.equal(runs.length, 1)
      release()
      await one.settle()
      assert.equal((await row('slow')).locked_until, 0)
    })

    test('an entry whose process vanished is run again when its lock is over', async () => {
      const entries = [entry('sweep', { every: HOUR }, () => new Promise(() => {}))]
      await open(entries, 'gone').tick()
      bare.clock.advance(HOUR)
      await open(entries, 'gone').tick()
      assert.equal(runs.length, 1)
      const next = open([entry('sweep', { every: HOUR })], 'next')
      await turn(next)
      assert.equal(runs.length, 1)
      bare.clock.advance(5 * MINUTE)
      await turn(next)
      assert.equal(runs.length, 2)
    })

    test('a failure is written down and tried again within the hour', async () => {
      const cron = open([
        entry('prune', { at: '03:30' }, async () => {
          throw new Error('disk full')
        }),
      ])
      await turn(cron)
      bare.clock.advance(DAY)
      await turn(cron)
      assert.equal((await row('prune')).last_error, 'disk full')
      bare.clock.advance(HOUR)
      await turn(cron)
      assert.equal(runs.length, 2)
    })

    test('an entry moved to an earlier time does not wait for the old one', async () => {
      await turn(open([entry('sweep', { every: 30 * DAY })]))
      bare.clock.advance(30 * DAY)
      await turn(open([entry('sweep', { every: 30 * DAY })]))
      const cron = open([entry('sweep', { every: MINUTE })])
      await turn(cron)
      bare.clock.advance(MINUTE)
      await turn(cron)
      assert.equal(runs.length, 2)
    })
  })
}

describe('when an entry runs', () => {
  const noon = new Date(2026, 5, 1, 12).getTime()

  test('a time of day is local, today if it is still to come, else tomorrow', () => {
    assert.equal(nextRun({ at: '13:30' }, noon, noon, 0), new Date(2026, 5, 1, 13, 30).getTime())
    assert.equal(nextRun({ at: '03:30' }, noon, noon, 0), new Date(2026, 5, 2, 3, 30).getTime())
  })

  test('each install has its own offset, always the same, within half an hour', () => {
    const share = installShare('here.example', 'prune')
    assert.equal(share, installShare('here.example', 'prune'))
    assert.notEqual(share, installShare('there.example', 'prune'))
    const at = nextRun({ at: '03:30' }, noon, noon, share)
    const plain = new Date(2026, 5, 2, 3, 30).getTime()
    assert.ok(at >= plain && at < plain + 30 * MINUTE)
  })

  test('the first run of a frequent entry comes within minutes', () => {
    assert.equal(firstRun({ every: DAY }, noon, 0.5), noon + 2.5 * MINUTE)
    assert.equal(firstRun({ every: MINUTE }, noon, 0.5), noon + 0.5 * MINUTE)
  })
})
