import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import type { Database, DatabaseChoice } from './open.ts'
import { openDatabase } from './open.ts'
import { openSqlite } from './sqlite.ts'
import { shareTurn, Writer } from './writer.ts'

type Tables = { thing: { id: number; word: string } }

describe('transactions on SQLite', () => {
  let folder: string
  let database: Database<Tables>
  const open = (more: Partial<DatabaseChoice & { kind: 'sqlite' }> = {}) =>
    openDatabase<Tables>({ kind: 'sqlite', file: join(folder, 'x.db'), durability: 'off', ...more })
  const insert = (id: number, word = '') =>
    database.write((db) => db.insertInto('thing').values({ id, word }).execute())
  const ids = async () =>
    (await database.db.selectFrom('thing').select('id').orderBy('id').execute()).map((row) => row.id)

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hyrax-writer-'))
    database = await open()
    await database.write((db) =>
      sql`create table thing (id integer primary key, word text) strict`.execute(db),
    )
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('what waits together is committed together', async () => {
    const commits: string[] = []
    const connection = openSqlite(join(folder, 'y.db'), { durability: 'off' })
    const exec = connection.exec.bind(connection)
    connection.exec = (text) => {
      commits.push(text)
      exec(text)
    }
    const writer = new Writer(connection, shareTurn(new SharedArrayBuffer(4)))
    await Promise.all(Array.from({ length: 20 }, (_, n) => writer.run(async () => n)))
    assert.equal(commits.filter((text) => text === 'commit').length, 1)
    connection.close()
  })

  test('a transaction that throws is undone alone; those of its group are kept', async () => {
    const results = await Promise.allSettled([
      insert(1),
      database.write(async (db) => {
        await db.insertInto('thing').values({ id: 2, word: '' }).execute()
        throw new Error('changed my mind')
      }),
      insert(3),
    ])
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.deepEqual(await ids(), [1, 3])
  })

  test('nobody is told it is done before others can read it', async () => {
    await insert(1)
    assert.deepEqual(await ids(), [1])
  })

  test('a read outside sees nothing of a transaction under way', async () => {
    await database.write(async (db) => {
      await db.insertInto('thing').values({ id: 1, word: '' }).execute()
      assert.deepEqual(await ids(), [])
    })
  })

  test('transactions of one thread do not mix, in the order they were asked', async () => {
    const order: string[] = []
    await Promise.all(
      ['a', 'b'].map((word) =>
        database.write(async (db) => {
          order.push(`${word} in`)
          await db.selectFrom('thing').selectAll().execute()
          order.push(`${word} out`)
        }),
      ),
    )
    assert.deepEqual(order, ['a in', 'a out', 'b in', 'b out'])
  })

  test('a database without room refuses the write, goes on reading, and recovers with the room', async () => {
    await insert(1)
    const room = (pages: number) =>
      database.write((db) => sql.raw(`pragma max_page_count = ${pages}`).execute(db))
    await room(1)
    await assert.rejects(insert(2, 'x'.repeat(100_000)), /full/)
    assert.deepEqual(await ids(), [1])
    await room(100_000)
    await insert(3, 'x'.repeat(100_000))
    assert.deepEqual(await ids(), [1, 3])
  })

  test('a row numbered beyond what JavaScript counts, as full-text tables have, stops nobody', async () => {
    await database.write((db) => sql`insert into thing (id) values (9009535716950016)`.execute(db))
    const done = await database.write((db) => db.updateTable('thing').set({ word: 'x' }).execute())
    assert.equal(done[0]?.numUpdatedRows, 1n)
    await insert(7)
    assert.equal((await database.db.selectFrom('thing').select('id').limit(1).execute())[0]?.id, 7)
  })

  test('closing waits for what is under way', async () => {
    const writing = insert(1)
    await database.close()
    await writing
    database = await open()
    assert.deepEqual(await ids(), [1])
  })

  test('two threads write by turns: nothing is lost, nobody is refused, neither starves', async () => {
    const turn = new SharedArrayBuffer(4)
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(async ({ openDatabase }) => {
        const database = await openDatabase({ kind: 'sqlite', file: workerData.file, durability: 'off', turn: workerData.turn })
        parentPort.postMessage('ready')
        await new Promise((resolve) => parentPort.once('message', resolve))
        const until = performance.now() + 300
        let n = 0
        while (performance.now() < until) {
          await Promise.all([1, 2, 3].map(() => database.write((db) =>
            db.insertInto('thing').values({ id: workerData.base + ++n, word: '' }).execute())))
        }
        await database.close()
        parentPort.postMessage(n)
      })`
    const workerData = {
      module: new URL('./open.ts', import.meta.url).href,
      file: join(folder, 'x.db'),
      turn,
    }
    const threads = [1_000_000, 2_000_000].map(
      (base) => new Worker(code, { eval: true, workerData: { ...workerData, base } }),
    )
    await Promise.all(threads.map((thread) => once(thread, 'message')))
    for (const thread of threads) thread.postMessage('go')
    const counts = await Promise.all(
      threads.map(async (thread) => Number((await once(thread, 'message'))[0])),
    )
    const [one = 0, two = 0] = counts
    assert.equal((await ids()).length, one + two)
    assert.ok(Math.min(one, two) > 0.1 * Math.max(one, two), `${one} against ${two}`)
  })

  test('a turn that its thread took along is taken up again after a while', async () => {
    const memory = new SharedArrayBuffer(4)
    await shareTurn(memory).acquire()
    const start = performance.now()
    await shareTurn(memory, 50).acquire()
    assert.ok(performance.now() - start >= 49)
  })
})
