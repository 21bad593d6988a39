import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { z } from 'zod'
import type { BareApp } from '../../../test/bare-app.ts'
import { bareApp } from '../../../test/bare-app.ts'
import { databases } from '../../../test/databases.ts'
import { HOUR, MINUTE, SECOND } from '../times.ts'
import type { Job, QueueName, Task } from './declare.ts'
import { job } from './declare.ts'
import { Drop, LaneFault } from './faults.ts'
import { claim } from './queue-claim.ts'
import { outcomeOf } from './run-job.ts'
import type { Worker, WorkerOptions } from './worker.ts'
import { inWeightedOrder, openWorker } from './worker.ts'

const Word = z.object({ word: z.string() })
type Word = z.infer<typeof Word>

function say(run: (word: string, task: Task) => Promise<void> | void, queue: QueueName = 'local'): Job<Word> {
  return job({
    name: `say in ${queue}`,
    queue,
    tries: 3,
    payload: Word,
    run: async (_, { word }, task) => run(word, task),
  })
}

const soon = async (isTrue: () => boolean) => {
  for (let n = 0; n < 400 && !isTrue(); n++) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.ok(isTrue(), 'it did not happen in time')
}

for (const database of databases) {
  describe(`the worker on ${database}`, () => {
    let bare: BareApp
    const workers: Worker[] = []
    const open = (jobs: Job<Word>[], options: Partial<WorkerOptions> = {}) => {
      const worker = openWorker({
        app: bare.app,
        jobs,
        consequences: [],
        cron: [],
        chance: () => 0.5,
        ...options,
      })
      workers.push(worker)
      return worker
    }
    const dead = () => bare.app.db.selectFrom('dead_job').selectAll().execute()

    beforeEach(async () => {
      bare = await bareApp(database)
    })
    afterEach(async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()))
      await bare.close()
    })

    test('runs what is owed as soon as it is committed', async () => {
      const said: string[] = []
      const hello = say((word) => void said.push(word))
      open([hello]).start()
      await new Promise((resolve) => setTimeout(resolve, 20))
      await bare.later(hello, { word: 'hi' })
      const start = performance.now()
      await soon(() => said.length > 0)
      assert.ok(performance.now() - start < 500, 'it waited for the timer')
    })

    test('runs what was owed before it started, all of it, each once', async () => {
      const said: string[] = []
      const hello = say((word) => void said.push(word))
      for (let n = 0; n < 50; n++) await bare.later(hello, { word: `${n}` })
      const worker = open([hello])
      worker.start()
      await soon(() => said.length >= 50)
      await worker.stop()
      assert.equal(new Set(said).size, 50)
      assert.equal(said.length, 50)
      assert.deepEqual(await bare.jobs(), [])
    })

    test('two workers share the work and do nothing twice', async () => {
      const said: string[] = []
      const hello = say(async (word) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        said.push(word)
      })
      for (let n = 0; n < 60; n++) await bare.later(hello, { word: `${n}` })
      const pair = [open([hello]), open([hello])]
      for (const worker of pair) worker.start()
      await soon(() => said.length >= 60)
      await Promise.all(pair.map((worker) => worker.stop()))
      assert.equal(said.length, 60)
      assert.deepEqual(await bare.jobs(), [])
    })

    test('a queue never runs more at once than it may', async () => {
      let running = 0
      let most = 0
      let count = 0
      const slow = say(async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 2))
        running--
        count++
      })
      for (let n = 0; n < 20; n++) await bare.later(slow, { word: '' })
      open([slow], { concurrency: { local: 3 } }).start()
      await soon(() => count >= 20)
      assert.equal(most, 3)
    })

    test('a worker told some queues leaves the others alone', async () => {
      const said: string[] = []
      const here = say((word) => void said.push(word))
      const there = say((word) => void said.push(word), 'bulk')
      await bare.later(here, { word: 'here' })
      await bare.later(there, { word: 'there' })
      await open([here, there], { queues: ['bulk'] }).drain()
      assert.deepEqual(said, ['there'])
    })

    test('draining runs what the work itself brings about', async () => {
      const said: string[] = []
      const chain: Job<Word> = say(async (word) => {
        said.push(word)
        if (word.length < 3) await bare.later(chain, { word: `${word}x` })
      })
      await bare.later(chain, { word: 'x' })
      await open([chain]).drain()
      assert.deepEqual(said, ['x', 'xx', 'xxx'])
    })

    test('a poison message is tried as often as declared, then put aside; the others go on', async () => {
      let runs = 0
      const said: string[] = []
      const moody = say((word) => {
        if (word !== 'poison') return void said.push(word)
        runs++
        throw new Error('always')
      })
      await bare.later(moody, { word: 'poison' })
      await bare.later(moody, { word: 'honey' })
      const worker = open([moody])
      await worker.drain()
      assert.deepEqual(said, ['honey'])
      for (const wait of [15 * SECOND, MINUTE]) {
        bare.clock.advance(wait - 1)
        await worker.drain()
        bare.clock.advance(1)
        await worker.drain()
      }
      assert.equal(runs, 3)
      const [grave] = await dead()
      assert.deepEqual([grave?.kind, grave?.reason, grave?.attempts], ['say in local', 'always', 3])
      assert.deepEqual(await bare.jobs(), [])
    })

    test('a payload that no longer fits is put aside at once', async () => {
      const old = { ...say(() => {}), payload: z.object({ word: z.number() }) } as unknown as Job<Word>
      await bare.later(old, { word: 7 } as never)
      await open([say(() => {})]).drain()
      assert.match((await dead())[0]?.reason ?? '', /does not fit/)
    })

    test('a job of an unknown kind waits for a program that knows it', async () => {
      await bare.later(
        say(() => {}),
        { word: '' },
      )
      await open([]).drain()
      const [row] = await bare.jobs()
      assert.match(row?.last_error ?? '', /nobody here knows/)
      let ran = false
      bare.clock.advance(MINUTE)
      const known = say(() => {
        ran = true
      })
      await open([known]).drain()
      assert.ok(ran)
    })

    test('a lane fault is the host’s: the job keeps its tries, the others wait with it', async () => {
      let calls = 0
      const knock = say(() => {
        calls++
        throw new LaneFault({ reason: 'nobody there' })
      }, 'deliver')
      for (let n = 0; n < 10; n++) await bare.later(knock, { word: `${n}` }, { lane: 'there.example' })
      const worker = open([knock])
      await worker.drain()
      const rows = await bare.jobs()
      assert.equal(rows.length, 10)
      assert.ok(rows.every((row) => row.failures === 0))
      assert.ok(calls >= 5 && calls <= 8, `${calls} knocks`)
      for (let n = 0; n < 24; n++) {
        bare.clock.advance(HOUR)
        await worker.drain()
      }
      assert.ok(calls < 20, `${calls} knocks in a day`)
      assert.equal((await bare.jobs()).length, 10)
    })

    test('a dropped job is over', async () => {
      const picky = say(() => {
        throw new Drop('the receiver is gone')
      })
      await bare.later(picky, { word: '' })
      await open([picky]).drain()
      assert.deepEqual([await bare.jobs(), await dead()], [[], []])
    })

    test('a job that waited too long is not run', async () => {
      let ran = false
      const late = say(() => {
        ran = true
      })
      await bare.later(late, { word: '' }, { expiresAt: bare.clock.now + MINUTE })
      bare.clock.advance(MINUTE)
      await open([late]).drain()
      assert.equal(ran, false)
      assert.deepEqual(await bare.jobs(), [])
    })

    test('a stop waits for what runs and takes nothing new', async () => {
      const said: string[] = []
      let started = 0
      const slow = say(async (word) => {
        started++
        await new Promise((resolve) => setTimeout(resolve, 60))
        said.push(word)
      })
      for (let n = 0; n < 4; n++) await bare.later(slow, { word: `${n}` })
      const worker = open([slow], { concurrency: { local: 2 } })
      worker.start()
      await soon(() => started > 0)
      await worker.stop()
      assert.equal(said.length, started)
      const rows = await bare.jobs()
      assert.equal(rows.length, 4 - started)
      assert.ok(rows.every((row) => row.state === 0))
    })

    test('what does not end in time is put back, told so, and its late end changes nothing', async () => {
      let release = () => {}
      let aborted = false
      const endless = say((_word, task) => {
        task.signal.addEventListener('abort', () => {
          aborted = true
        })
        return new Promise<void>((resolve) => {
          release = resolve
        })
      })
      await bare.later(endless, { word: '' })
      const worker = open([endless], { patience: 30 })
      worker.start()
      await new Promise((resolve) => setTimeout(resolve, 20))
      await worker.stop()
      assert.ok(aborted)
      const [row] = await bare.jobs()
      assert.deepEqual([row?.state, row?.failures], [0, 0])
      release()
      await new Promise((resolve) => setTimeout(resolve, 5))
      assert.equal((await bare.jobs()).length, 1)
    })

    test('a worker that is alone starts again at once what a crash left running', async () => {
      const said: string[] = []
      const hello = say((word) => void said.push(word))
      await bare.later(hello, { word: 'hi' })
      await bare.app.inTransaction((tx) => claim(tx, 'local'))
      open([hello], { alone: true }).start()
      await soon(() => said.length === 1)
    })
  })
}

describe('what an error means', () => {
  const moment = { now: 0, chance: () => 0.5 }
  const row = { queue: 'deliver', lane: 'a.example', failures: 0 }

  test('a lane fault where there is no circuit is an ordinary failure that honours the pause', () => {
    const fault = new LaneFault({ reason: 'busy', retryAfter: HOUR })
    assert.deepEqual(outcomeOf(fault, { ...row, lane: '' }, 3, moment), {
      end: 'again',
      at: HOUR,
      reason: 'busy',
    })
    assert.equal(outcomeOf(fault, row, 3, moment).end, 'lane')
  })

  test('the last try leads to the dead list', () => {
    assert.equal(outcomeOf(new Error('x'), { ...row, failures: 1 }, 3, moment).end, 'again')
    assert.equal(outcomeOf(new Error('x'), { ...row, failures: 2 }, 3, moment).end, 'dead')
  })
})

test('queues are asked by weight, and none for ever last', () => {
  const credit = new Map<QueueName, number>()
  const firsts: QueueName[] = []
  for (let n = 0; n < 30; n++) {
    const [first] = inWeightedOrder([{ queue: 'bulk' as const }, { queue: 'local' as const }], credit)
    assert.ok(first)
    credit.set(first.queue, 0)
    firsts.push(first.queue)
  }
  const local = firsts.filter((queue) => queue === 'local').length
  assert.ok(local > 20 && local < 30, `${local} of 30`)
})
