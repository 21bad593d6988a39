import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import type { Tables } from '#app.ts'
import { databases, freshDatabase } from '../../../test/databases.ts'
import { isDuplicate, packed } from './dialect.ts'
import { migrate, migrationState, schemaNumber } from './migrate.ts'
import type { Database } from './open.ts'
import { prepared } from './prepared.ts'
import { mappedBytes } from './sqlite.ts'

type Column = { table: string; column: string; kind: string; null: boolean }

for (const name of databases) {
  describe(`the database on ${name}`, () => {
    let database: Database<Tables>
    let drop: () => Promise<void>
    beforeEach(async () => {
      const fresh = await freshDatabase(name, 'bare', async (made) => void (await migrate(made)))
      database = fresh.database
      drop = fresh.drop
    })
    afterEach(() => drop())
    const seen = (hash: string) =>
      database.write((db) => db.insertInto('seen').values({ hash, created_at: 5 }).execute())
    const hashes = async () =>
      (await database.db.selectFrom('seen').select('hash').orderBy('hash').execute()).map((row) => row.hash)

    test('rows know columns that were added after they were first asked for', async () => {
      const all = () => sql<Record<string, unknown>>`select * from seen`.execute(database.db)
      await seen('one')
      assert.deepEqual((await all()).rows, [{ hash: 'one', created_at: 5 }])
      await database.write((db) => sql`alter table seen add column later text`.execute(db))
      assert.deepEqual((await all()).rows, [{ hash: 'one', created_at: 5, later: null }])
    })

    test('migrating again changes nothing', async () => {
      const state = await migrate(database)
      assert.deepEqual(state, { current: schemaNumber, newest: schemaNumber, pending: [] })
    })

    test('two processes that migrate at once do it once', async () => {
      const fresh = await freshDatabase(name, 'empty', async () => {})
      const states = await Promise.all([migrate(fresh.database), migrate(fresh.database)])
      for (const state of states) assert.equal(state.current, schemaNumber)
      await fresh.drop()
    })

    test('an empty database says what it lacks', async () => {
      const fresh = await freshDatabase(name, 'empty', async () => {})
      const state = await migrationState(fresh.database)
      assert.equal(state.current, 0)
      assert.equal(state.pending.length, schemaNumber)
      await fresh.drop()
    })

    test('a database of a newer Hyrax is refused with a sentence that says what to do', async () => {
      await database.write((db) =>
        sql`update meta set value = ${String(schemaNumber + 1)} where name = 'schema'`.execute(db),
      )
      await assert.rejects(migrate(database), /start that version, or restore a backup/)
    })

    test('a transaction that throws leaves nothing', async () => {
      const writing = database.write(async (db) => {
        await db.insertInto('seen').values({ hash: 'a', created_at: 1 }).execute()
        throw new Error('no')
      })
      await assert.rejects(writing, /no/)
      assert.deepEqual(await hashes(), [])
    })

    test('a second equal row is known as a duplicate, whatever the database calls it', async () => {
      await seen('a')
      await assert.rejects(seen('a'), (error) => isDuplicate(error))
      assert.equal(isDuplicate(new Error('something else')), false)
    })

    test('numbers up to 53 bits come back as they went', async () => {
      const value = Number.MAX_SAFE_INTEGER
      await database.write((db) => db.insertInto('seen').values({ hash: 'x', created_at: value }).execute())
      const row = await database.db.selectFrom('seen').select('created_at').executeTakeFirst()
      assert.equal(row?.created_at, value)
    })

    test('changed rows are counted', async () => {
      await seen('a')
      await seen('b')
      const [done] = await database.write((db) => db.deleteFrom('seen').execute())
      assert.equal(done?.numDeletedRows, 2n)
    })

    test('a prepared query is built once and asked with other values', async () => {
      let built = 0
      const find = prepared<{ hashes: string[]; least: number }, { hash: string }>(
        (db, { hashes, least }, dialect) => {
          built++
          return db
            .selectFrom('seen')
            .select('hash')
            .where(dialect.amongText(sql.ref('hash'), hashes))
            .where('created_at', '>=', least)
            .orderBy('hash')
        },
      )
      for (const hash of ['a', 'b', 'c']) await seen(hash)
      const app = { db: database.db, dialect: database.dialect }
      const ask = async (wanted: string[], least: number) =>
        (await find(app, { hashes: wanted, least })).map((row) => row.hash)
      assert.deepEqual(await ask(['c', 'a', 'z'], 0), ['a', 'c'])
      assert.deepEqual(await ask(['b'], 5), ['b'])
      assert.deepEqual(await ask(['b'], 6), [])
      assert.deepEqual(await ask([], 0), [])
      assert.equal(built, 1)
    })

    test('a prepared query asked inside a transaction sees the transaction', async () => {
      const all = prepared<Record<string, never>, { hash: string }>((db) =>
        db.selectFrom('seen').select('hash'),
      )
      await database.write(async (db) => {
        await db.insertInto('seen').values({ hash: 'a', created_at: 1 }).execute()
        assert.equal((await all({ db, dialect: database.dialect }, {})).length, 1)
        assert.equal((await all({ db: database.db, dialect: database.dialect }, {})).length, 0)
      })
    })

    test('many rows go in one statement, with empty values and any text', async () => {
      const columns = { hash: 'text', created_at: 'int' } as const
      const words = ['it’s', '"quoted"', '\\', '🦫', 'line\nbreak']
      const add = prepared<{ list: string }, never>(
        (_db, { list }, dialect) => sql<never>`insert into seen (hash, created_at)
          select coalesce(item.hash, 'none'), item.created_at from ${dialect.recordsOf(list, columns)}`,
      )
      const rows = [...words.map((hash, n) => ({ hash, created_at: n })), { hash: null, created_at: 9 }]
      await database.write(async (db) => {
        await add({ db, dialect: database.dialect }, { list: packed(columns, rows) })
      })
      assert.deepEqual(new Set(await hashes()), new Set([...words, 'none']))
    })

    test('ids keep their order in a join against them', async () => {
      const rows = await sql<{
        value: number
      }>`select value from ${database.dialect.rowsOf([3, 1, 2])} order by position`.execute(database.db)
      assert.deepEqual(
        rows.rows.map((row) => row.value),
        [3, 1, 2],
      )
    })
  })
}

test('a Mastodon database is never written to', { skip: !databases.includes('postgres') }, async () => {
  const { database, drop } = await freshDatabase('postgres', 'mastodon', async (made) => {
    await sql`create table schema_migrations (version text)`.execute(made.db)
    await sql`create table accounts (id bigint, private_key text)`.execute(made.db)
  })
  await assert.rejects(migrate(database), /belongs to Mastodon/)
  const meta = await sql`select 1 from information_schema.tables where table_name = 'meta'`.execute(
    database.db,
  )
  assert.equal(meta.rows.length, 0)
  await drop()
})

test('transactions that cross are run anew', { skip: !databases.includes('postgres') }, async () => {
  const { database, drop } = await freshDatabase(
    'postgres',
    'bare',
    async (made) => void (await migrate(made)),
  )
  await database.write(async (db) => {
    const row = { created_at: 0 }
    await db
      .insertInto('seen')
      .values([
        { ...row, hash: 'a' },
        { ...row, hash: 'b' },
      ])
      .execute()
  })
  let runs = 0
  const cross = (first: string, second: string) =>
    database.write(async (db) => {
      runs++
      await sql`set local deadlock_timeout = '20ms'`.execute(db)
      const add = (hash: string) =>
        db
          .updateTable('seen')
          .set((column) => ({ created_at: column('created_at', '+', 1) }))
          .where('hash', '=', hash)
          .execute()
      await add(first)
      await new Promise((resolve) => setTimeout(resolve, 20))
      await add(second)
    })
  await Promise.all([cross('a', 'b'), cross('b', 'a')])
  const rows = await database.db.selectFrom('seen').select('created_at').execute()
  assert.deepEqual(
    rows.map((row) => row.created_at),
    [2, 2],
  )
  assert.ok(runs > 2)
  await drop()
})

// Full text is stored in each database's own way, and only where commits come in order is their order kept.
const ownWays = /^(search_(status|account)|arrival|status_writers)/

test('both databases have the same tables, columns and indexes', {
  skip: !databases.includes('postgres'),
}, async () => {
  const open = (name: 'sqlite' | 'postgres') =>
    freshDatabase(name, 'bare', async (made) => void (await migrate(made)))
  const [lite, big] = [await open('sqlite'), await open('postgres')]
  const liteColumns = await sql<Column>`select m.name as "table", c.name as "column", lower(c.type) as kind,
    c."notnull" = 0 as "null" from sqlite_master m, pragma_table_info(m.name) c
    where m.type = 'table' and m.name not like 'sqlite%'`.execute(lite.database.db)
  const bigColumns =
    await sql<Column>`select table_name as "table", column_name as "column", data_type as kind,
    is_nullable = 'YES' as "null" from information_schema.columns where table_schema = current_schema()`.execute(
      big.database.db,
    )
  const kinds: Record<string, string> = { bigint: 'integer', bytea: 'blob' }
  const told = (rows: Column[]) =>
    rows
      .filter((row) => !ownWays.test(row.table))
      .map((row) => `${row.table}.${row.column} ${kinds[row.kind] ?? row.kind} ${row.null ? 'null' : ''}`)
      .sort()
  assert.deepEqual(told(liteColumns.rows), told(bigColumns.rows))
  const liteIndexes = await sql<{
    name: string
  }>`select name from sqlite_master where type = 'index' and sql is not null`.execute(lite.database.db)
  const bigIndexes = await sql<{ name: string }>`select indexname as name from pg_indexes
    where schemaname = current_schema() and indexname not like '%_pkey' and indexname not like '%_pk'`.execute(
    big.database.db,
  )
  const names = (rows: { name: string }[]) =>
    rows
      .map((row) => row.name)
      .filter((name) => !ownWays.test(name))
      .sort()
  assert.deepEqual(names(liteIndexes.rows), names(bigIndexes.rows))
  await lite.drop()
  await big.drop()
})

test('what is mapped of the file leaves room for everything else, however small the machine', () => {
  const MIB = 1024 * 1024
  assert.equal(mappedBytes(512 * MIB), 128 * MIB)
  assert.equal(mappedBytes(64 * 1024 * MIB), 1024 * MIB)
})
