import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Kysely } from 'kysely'
import { Kysely as KyselyOver, PostgresDialect } from 'kysely'
import type { OpenWire } from '../pubsub.ts'
import { threadWire } from '../pubsub.ts'
import type { Dialect } from './dialect.ts'
import { postgresDialect, sqliteDialect } from './dialect.ts'
import { postgresWire } from './postgres-wire.ts'
import type { Durability } from './sqlite.ts'
import { kyselyOver, openSqlite } from './sqlite.ts'
import type { WriteTurn } from './writer.ts'
import { shareTurn, Writer } from './writer.ts'

export type DatabaseChoice =
  | { kind: 'sqlite'; file: string; durability: Durability; turn?: SharedArrayBuffer }
  | { kind: 'postgres'; url: string; poolSize: number; schema?: string }

/** An open database: `db` reads what is committed, `write` runs a transaction on its own connection. */
export type Database<Tables> = {
  dialect: Dialect
  db: Kysely<Tables>
  /** How messages reach everybody else who has this database open. */
  wire: OpenWire
  write<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Opens the database that was chosen; creates the SQLite file when there is none. */
export async function openDatabase<Tables>(choice: DatabaseChoice): Promise<Database<Tables>> {
  return choice.kind === 'sqlite' ? openSqliteDatabase(choice) : openPostgresDatabase(choice)
}

function openSqliteDatabase<Tables>(choice: DatabaseChoice & { kind: 'sqlite' }): Database<Tables> {
  mkdirSync(dirname(choice.file), { recursive: true, mode: 0o700 })
  const writing = openSqlite(choice.file, { durability: choice.durability })
  const reading = openSqlite(choice.file, { durability: choice.durability, readOnly: true })
  const turn: WriteTurn = shareTurn(choice.turn ?? new SharedArrayBuffer(4))
  const writer = new Writer(writing, turn)
  const db = kyselyOver<Tables>(reading)
  const writeDb = kyselyOver<Tables>(writing)
  return {
    dialect: sqliteDialect,
    db,
    wire: threadWire,
    write: (work) => writer.run(() => work(writeDb)),
    async close() {
      await writer.idle()
      await db.destroy()
      await writeDb.destroy()
    },
  }
}

const BIGINT = 20
const NUMERIC = 1700

async function openPostgresDatabase<Tables>(
  choice: DatabaseChoice & { kind: 'postgres' },
): Promise<Database<Tables>> {
  // Most servers never need the driver, so only those that do load it.
  const { default: pg } = await import('pg')
  const types = new pg.TypeOverrides()
  // Our integers are 53-bit by design; the driver's own default would hand out text.
  types.setTypeParser(BIGINT, Number)
  types.setTypeParser(NUMERIC, Number)
  const connection = {
    connectionString: choice.url,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    ...(choice.schema ? { options: `-c search_path=${choice.schema}` } : {}),
  }
  const pool = new pg.Pool({ ...connection, max: choice.poolSize, types })
  pool.on('error', () => {})
  const db = new KyselyOver<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    dialect: postgresDialect,
    db,
    // Channels belong to the whole database, whatever schema we live in.
    wire: (name, hear) =>
      postgresWire({
        makeClient: () => new pg.Client(connection),
        run: (statement, values) => pool.query(statement, values),
      })([name, choice.schema].filter(Boolean).join(' '), hear),
    write: (work) => again(() => db.transaction().execute((transaction) => work(transaction))),
    close: () => db.destroy(),
  }
}

const DEADLOCK = '40P01'
const SERIALIZATION = '40001'
const TRIES = 4

/** Runs a transaction anew when the database broke it off because it crossed another: nothing of it was kept. */
async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await run()
    } catch (error) {
      const { code } = error as { code?: string }
      if (tried >= TRIES || (code !== DEADLOCK && code !== SERIALIZATION)) throw error
    }
  }
}
