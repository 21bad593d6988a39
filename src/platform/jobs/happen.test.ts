import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { z } from 'zod'
import type { App } from '#app.ts'
import type { BareApp } from '../../../test/bare-app.ts'
import { bareApp } from '../../../test/bare-app.ts'
import { databases } from '../../../test/databases.ts'
import { MINUTE, SECOND } from '../times.ts'
import type { Consequence, Effect, Job, Task } from './declare.ts'
import { event, job, live, now, when } from './declare.ts'
import { runHappening } from './happen.ts'
import { openWorker } from './worker.ts'

const Payload = z.object({ id: z.number() })
type Payload = z.infer<typeof Payload>
const posted = event('posted', Payload)

for (const database of databases) {
  describe(`what follows from a happening on ${database}`, () => {
    let bare: BareApp | undefined
    const calls: string[] = []
    const later = (
      name: string,
      run: (app: App) => Promise<void> | void = () => {},
      more: Partial<Job<Payload>> = {},
    ) =>
      job({
        name,
        queue: 'local',
        tries: 3,
        payload: Payload,
        ...more,
        run: async (app: App) => {
          calls.push(name)
          await run(app)
        },
      })
    const open = async (effects: Effect<Payload>[]) => {
      const page: Consequence[] = [when(posted, effects)]
      const opened = await bareApp(database, page)
      bare = opened
      const worker = () =>
        openWorker({
          app: opened.app,
          jobs: [],
          consequences: page,
          cron: [],
          chance: () => 0.5,
          patience: 10,
        })
      const emit = (id = 1) => opened.app.inTransaction((tx) => tx.emit(posted, { id }))
      return { ...opened, worker, emit }
    }

    afterEach(async () => {
      calls.length = 0
      await bare?.close()
      bare = undefined
    })

    test('one row is owed per happening, however many effects it has, in the same transaction', async () => {
      const { app, emit, jobs } = await open([later('a'), later('b'), later('c')])
      await emit()
      assert.deepEqual(
        (await jobs()).map((row) => [row.queue, row.kind]),
        [['local', 'happening:posted']],
      )
      const failing = app.inTransaction(async (tx) => {
        await tx.emit(posted, { id: 2 })
        throw new Error('undone')
      })
      await assert.rejects(failing, /undone/)
      assert.equal((await jobs()).length, 1)
    })

    test('nothing is owed when nothing follows later', async () => {
      const { emit, jobs } = await open([live({ name: 'watch', run: () => void calls.push('watch') })])
      await emit()
      assert.deepEqual(await jobs(), [])
      assert.deepEqual(calls, ['watch'])
    })

    test('what must be true now is done in the transaction, and undone with it', async () => {
      const effect = now<Payload>({
        name: 'count',
        run: async (app, { id }) => {
          await app.db
            .insertInto('seen')
            .values({ hash: `${id}`, created_at: 0 })
            .execute()
          if (id === 2) throw new Error('no')
        },
      })
      const { app, emit } = await open([effect])
      await emit(1)
      await assert.rejects(emit(2), /no/)
      assert.deepEqual(
        (await app.db.selectFrom('seen').select('hash').execute()).map((row) => row.hash),
        ['1'],
      )
    })

    test('watchers are told after the commit only, and their trouble is their own', async () => {
      let sawOutside = false
      const effects = [
        live<Payload>({
          name: 'broken',
          run: () => {
            throw new Error('socket closed')
          },
        }),
        live<Payload>({
          name: 'watch',
          run: async (app) => {
            calls.push('watch')
            sawOutside = app === bare?.app
          },
        }),
      ]
      const { app, emit } = await open(effects)
      await assert.rejects(
        app.inTransaction(async (tx) => {
          await tx.emit(posted, { id: 1 })
          throw new Error('undone')
        }),
      )
      assert.deepEqual(calls, [])
      await emit()
      assert.deepEqual(calls, ['watch'])
      assert.ok(sawOutside)
    })

    test('a payload that does not fit is refused', async () => {
      const { app } = await open([later('a')])
      await assert.rejects(app.inTransaction((tx) => tx.emit(posted, { id: 'x' } as never)))
    })

    test('effects run in the order of the page', async () => {
      const { emit, worker, jobs } = await open([later('a'), later('b'), later('c')])
      await emit()
      await worker().drain()
      assert.deepEqual(calls, ['a', 'b', 'c'])
      assert.deepEqual(await jobs(), [])
    })

    test('after a crash what was done before something slow is not repeated', async () => {
      let crash = true
      const never = () => (crash ? new Promise<void>(() => {}) : undefined)
      const { emit, worker, clock, jobs } = await open([later('a'), later('b', never), later('c')])
      await emit()
      const first = worker()
      first.start()
      const done = async () =>
        (await jobs()).flatMap((row) => (JSON.parse(row.payload ?? '') as { done: string[] }).done)
      for (let n = 0; n < 4000 && (await done()).length < 1; n++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      assert.deepEqual(calls, ['a', 'b'])
      assert.deepEqual(await done(), ['a'])
      crash = false
      clock.advance(2 * MINUTE)
      await worker().drain()
      assert.deepEqual(calls, ['a', 'b', 'b', 'c'])
      assert.deepEqual(await jobs(), [])
      await first.stop()
    })

    test('quick effects are not written down one by one: the job ends in one transaction', async () => {
      const { app, emit, jobs } = await open([later('a'), later('b'), later('c')])
      await emit()
      const [row] = await jobs()
      assert.ok(row)
      const writing = async () => assert.fail('a transaction between quick effects')
      const line = { happening: posted, effects: [later('a'), later('b')] } as unknown as Consequence
      const task = { signal: new AbortController().signal } as Task
      await runHappening({ ...app, inTransaction: writing }, line, row, task, () => 0.5)
      assert.deepEqual(calls, ['a', 'b'])
    })

    test('an effect that fails is tried again alone; the others are done at once and only once', async () => {
      let fails = 2
      const moody = () => {
        if (fails-- > 0) throw new Error('not now')
      }
      const { emit, worker, clock, jobs } = await open([later('a'), later('b', moody), later('c')])
      await emit()
      const one = worker()
      await one.drain()
      assert.deepEqual(calls, ['a', 'b', 'c'])
      assert.deepEqual(
        (await jobs()).map((row) => [row.kind, row.failures]),
        [['b', 1]],
      )
      clock.advance(15 * SECOND)
      await one.drain()
      clock.advance(MINUTE)
      await one.drain()
      assert.deepEqual(calls, ['a', 'b', 'c', 'b', 'b'])
      assert.deepEqual(await jobs(), [])
    })

    test('an effect that always fails ends among the dead after its tries', async () => {
      const { app, emit, worker, clock } = await open([
        later('bad', () => {
          throw new Error('never')
        }),
      ])
      await emit()
      const one = worker()
      for (let n = 0; n < 6; n++) {
        await one.drain()
        clock.advance(10 * MINUTE)
      }
      assert.equal(calls.length, 3)
      const [grave] = await app.db.selectFrom('dead_job').selectAll().execute()
      assert.deepEqual([grave?.kind, grave?.reason], ['bad', 'never'])
    })

    test('an effect of another queue waits in its own lane and holds up nobody', async () => {
      const fetchCard = later('fetch card', () => {}, { queue: 'fetch', lane: () => 'there.example' })
      const { emit, worker, jobs } = await open([fetchCard, later('a')])
      await emit()
      const one = worker()
      await one.runOnce()
      assert.deepEqual(calls.slice(0, 1), ['a'])
      await one.drain()
      assert.deepEqual(calls, ['a', 'fetch card'])
      assert.deepEqual(await jobs(), [])
    })

    test('what people here do passes what arrives from elsewhere', async () => {
      const Told = z.object({ id: z.number(), origin: z.string() })
      const told = event('told', Told)
      const page = [
        when(told, [job({ name: 't', queue: 'local', tries: 1, payload: Told, run: async () => {} })]),
      ]
      bare = await bareApp(database, page)
      const emit = (origin: string) => bare?.app.inTransaction((tx) => tx.emit(told, { id: 1, origin }))
      await emit('elsewhere')
      await emit('here')
      const [foreign, own] = await bare.jobs()
      assert.ok(foreign && own && own.prio < foreign.prio)
    })
  })
}
