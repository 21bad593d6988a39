import { totalmem } from 'node:os'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { LRUCache } from 'lru-cache'
import { rowsFrom, toRun } from './sqlite-rows.ts'

/** How hard a commit is: `full` survives a power cut, `off` is for throw-away test databases. */
export type Durability = 'full' | 'normal' | 'off'

const STATEMENTS_KEPT = 500
const PAGE_CACHE_KB = 32_768
const MOST_MAPPED = 1024 * 1024 * 1024
const LOG_KEPT_BYTES = 64 * 1024 * 1024

/**
 * How much of the file is read in place, without copying, on a machine that leaves us so much memory. What is mapped
 * must fit beside everything else: where it does not, every read waits for the disk (decision 0022).
 */
export const mappedBytes = (memory: number): number => Math.min(MOST_MAPPED, Math.floor(memory / 4))

/** The machine's memory, or the bound its keeper gave us below that (a container, a service). */
const ourMemory = (): number => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)

/** Opens one connection with the settings every connection of ours must have (its own busy time is 0 otherwise). */
export function openSqlite(
  file: string,
  options: { durability: Durability; readOnly?: boolean },
): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000, readOnly: options.readOnly ?? false })
  database.exec(`pragma busy_timeout = 5000; pragma cache_size = -${PAGE_CACHE_KB}; pragma foreign_keys = off;
    pragma temp_store = memory; pragma synchronous = ${options.durability}`)
  if (options.readOnly) database.exec(`pragma mmap_size = ${mappedBytes(ourMemory())}`)
  if (!options.readOnly) {
    // Must be chosen before the first page is written, or the file never shrinks without a full rewrite.
    database.exec('pragma auto_vacuum = incremental')
    database.exec('pragma journal_mode = wal')
    // A burst would otherwise leave the log at its largest size for ever.
    database.exec(`pragma journal_size_limit = ${LOG_KEPT_BYTES}`)
  }
  return database
}

type RunCompiled = (query: CompiledQuery) => { rows: unknown[] }
const straight = new WeakMap<object, RunCompiled>()

/**
 * How a compiled query is run without Kysely's detour of promises over pool, plugins and connection, which costs as
 * much as a short read itself; undefined where the database is not one connection of this thread.
 */
export const straightTo = (db: object): RunCompiled | undefined => straight.get(db)

/** Kysely over one open connection; statements are prepared once and kept. */
export function kyselyOver<Tables>(database: DatabaseSync): Kysely<Tables> {
  const run = runnerOver(database)
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery) => run(query) as QueryResult<R>,
    // biome-ignore lint/correctness/useYield: streaming is never asked of this driver
    async *streamQuery() {
      throw new Error('This driver reads whole pages; it does not stream')
    },
  }
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => void database.exec('begin immediate'),
    commitTransaction: async () => void database.exec('commit'),
    rollbackTransaction: async () => void database.exec('rollback'),
    releaseConnection: async () => {},
    destroy: async () => database.close(),
  }
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  straight.set(db, run)
  return db
}

type Prepared = { statement: StatementSync; rows: ReturnType<typeof rowsFrom> | null }

function runnerOver(database: DatabaseSync): (query: CompiledQuery) => QueryResult<unknown> {
  const statements = new LRUCache<string, Prepared>({ max: STATEMENTS_KEPT })
  const prepare = (text: string) => {
    let known = statements.get(text)
    if (!known) {
      const statement = database.prepare(text)
      const givesRows = statement.columns().length > 0
      known = givesRows
        ? { statement, rows: rowsFrom(statement) }
        : { statement: toRun(statement), rows: null }
      statements.set(text, known)
    }
    return known
  }
  return (query) => {
    const { statement, rows } = prepare(query.sql)
    const values = bound(query.parameters)
    if (rows) return { rows: rows(values) }
    const done = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(done.changes) }
  }
}

/** A list that stands in several places of a statement is written as JSON once. */
function bound(parameters: readonly unknown[]): Bindable[] {
  let list: unknown
  let text: Bindable = null
  return parameters.map((value) => {
    if (!Array.isArray(value)) return bindable(value)
    if (value !== list) {
      list = value
      text = bindable(value)
    }
    return text
  })
}

type Bindable = string | number | null | Uint8Array | bigint

function bindable(value: unknown): Bindable {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) return null
  if (value instanceof Uint8Array || typeof value === 'bigint') return value
  return JSON.stringify(value)
}
