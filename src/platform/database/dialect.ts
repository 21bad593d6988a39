import type { Kysely, RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { FullText } from './dialect-full-text.ts'
import { postgresFullText, sqliteFullText } from './dialect-full-text.ts'

/** Every difference between SQLite and PostgreSQL that the program has to know, by name. Nobody else asks which one it is. */
export type Dialect = {
  name: 'sqlite' | 'postgres'
  /** Whether several processes may have it open; else one process owns it, and messages cross threads only. */
  sharedByProcesses: boolean
  /** Ids and times are 53-bit integers. */
  integerType: string
  bytesType: string
  /** SQLite checks column types only in STRICT tables; PostgreSQL always does. */
  tableEnd: string
  /** `column in (the values)`, with one parameter however many values, so that the statement can be prepared once. */
  among(column: RawBuilder<unknown>, ids: readonly number[]): RawBuilder<boolean>
  amongText(column: RawBuilder<unknown>, values: readonly string[]): RawBuilder<boolean>
  /** The values as a one-column table named `item(value)`, in order, to join against. */
  rowsOf(values: readonly number[]): RawBuilder<unknown>
  /** A JSON list of lists (see `packed`) as a table named `item` with these columns, so that one statement takes many rows. */
  recordsOf(list: string, columns: RecordColumns): RawBuilder<unknown>
  /** Joins to each row so far the rows of `table` whose ids `pick` selects; `pick` may look at the row and has a limit. */
  joinPicked(table: string, pick: RawBuilder<unknown>): RawBuilder<unknown>
  /** The column of all rows as one text, joined by commas. */
  textOf(column: RawBuilder<unknown>): RawBuilder<string | null>
  /** Whether rows become visible in the order in which they were numbered: never a smaller number after a larger one. */
  visibleInOrder: boolean
  /** Makes a query read a table by this index, where the database can be told. */
  readBy(index: string): RawBuilder<unknown>
  /** Rows that another worker holds are passed over; SQLite has one writer and needs nothing. */
  skipLocked: RawBuilder<unknown>
  /** Holds the rows read until the end of the transaction; SQLite has one writer and needs nothing. */
  holdRows: RawBuilder<unknown>
  /** For migrations: runs `statement` after each row of `table` that goes while `when` holds; both see it as `old`. */
  afterDelete(db: Kysely<never>, table: string, when: string, statement: string): Promise<void>
  /** Waits until no other process migrates; released with the transaction. */
  lockForMigration(db: Kysely<never>): Promise<void>
  /** Makes the schema that the connection names first, when there is none yet. */
  createSchema(db: Kysely<never>): Promise<void>
  /** Whether a table of that name exists where our tables live. */
  hasTable(db: Kysely<never>, table: string): Promise<boolean>
  /** Whether this is a Mastodon database, which we must never write to. */
  isMastodon(db: Kysely<never>): Promise<boolean>
  /** Finds damage in the stored pages, asked once on a fresh connection (an index remembers its old pieces); null when sound. */
  findDamage(db: Kysely<never>): Promise<string | null>
  sizeOnDisk(db: Kysely<never>): Promise<number>
  /** How texts are found. */
  fullText: FullText
}

export type RecordColumns = Record<string, 'int' | 'text'>

/** The rows as `recordsOf` reads them: values in the order of the columns. */
export function packed<C extends RecordColumns>(
  columns: C,
  rows: readonly Record<keyof C, unknown>[],
): string {
  const names: (keyof C)[] = Object.keys(columns)
  return JSON.stringify(rows.map((row) => names.map((name) => row[name] ?? null)))
}

function unpacked(columns: RecordColumns, read: (place: number, kind: 'int' | 'text') => string) {
  const parts = Object.entries(columns).map(([name, kind], place) => `${read(place, kind)} as "${name}"`)
  return sql.raw(parts.join(', '))
}

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  fullText: sqliteFullText,
  sharedByProcesses: false,
  integerType: 'integer',
  bytesType: 'blob',
  tableEnd: 'strict',
  among: (column, ids) => sql<boolean>`${column} in (select value from json_each(${ids}))`,
  amongText: (column, values) => sql<boolean>`${column} in (select value from json_each(${values}))`,
  rowsOf: (values) => sql`(select value, key as position from json_each(${values})) as item`,
  recordsOf: (list, columns) =>
    sql`(select ${unpacked(columns, (place) => `value ->> ${place}`)} from json_each(${list})) as item`,
  joinPicked: (table, pick) => sql`join ${sql.table(table)} on ${sql.ref(`${table}.id`)} in (${pick})`,
  textOf: (column) => sql<string | null>`group_concat(${column})`,
  visibleInOrder: true,
  readBy: (index) => sql`indexed by ${sql.table(index)}`,
  skipLocked: sql``,
  holdRows: sql``,
  async afterDelete(db, table, when, statement) {
    await sql
      .raw(`create trigger "${table}_gone" after delete on "${table}" when ${when} begin ${statement}; end`)
      .execute(db)
  },
  lockForMigration: async () => {},
  createSchema: async () => {},
  async hasTable(db, table) {
    const found = await sql`select 1 from sqlite_master where type = 'table' and name = ${table}`.execute(db)
    return found.rows.length > 0
  },
  isMastodon: async () => false,
  async findDamage(db) {
    const found = await sql<{ integrity_check: string }>`pragma integrity_check(1)`.execute(db)
    const word = found.rows[0]?.integrity_check ?? 'no answer'
    return word === 'ok' ? null : word
  },
  async sizeOnDisk(db) {
    const size = sql<{
      size: number
    }>`select page_count * page_size as size from pragma_page_count(), pragma_page_size()`
    return (await size.execute(db)).rows[0]?.size ?? 0
  },
}

export const postgresDialect: Dialect = {
  name: 'postgres',
  fullText: postgresFullText,
  sharedByProcesses: true,
  integerType: 'bigint',
  bytesType: 'bytea',
  tableEnd: '',
  among: (column, ids) => sql<boolean>`${column} = any(${ids}::bigint[])`,
  amongText: (column, values) => sql<boolean>`${column} = any(${values}::text[])`,
  rowsOf: (values) => sql`unnest(${values}::bigint[]) with ordinality as item(value, position)`,
  recordsOf: (list, columns) => {
    const read = (place: number, kind: 'int' | 'text') =>
      `(value ->> ${place})::${kind === 'int' ? 'bigint' : 'text'}`
    return sql`(select ${unpacked(columns, read)} from jsonb_array_elements(${list}::jsonb)) as item`
  },
  // A list of ids from a correlated subquery would be asked for every row of the table here.
  joinPicked: (table, pick) => sql`cross join lateral (${pick}) as picked
    join ${sql.table(table)} on ${sql.ref(`${table}.id`)} = picked.id`,
  textOf: (column) => sql<string | null>`string_agg(${column}::text, ',')`,
  visibleInOrder: false,
  readBy: () => sql``,
  skipLocked: sql`for update skip locked`,
  holdRows: sql`for update`,
  async afterDelete(db, table, when, statement) {
    const name = `"${table}_gone"`
    const body = `begin ${statement}; return null; end`
    await sql.raw(`create function ${name}() returns trigger language plpgsql as $$ ${body} $$`).execute(db)
    await sql
      .raw(
        `create trigger ${name} after delete on "${table}" for each row when (${when}) execute function ${name}()`,
      )
      .execute(db)
  },
  async lockForMigration(db) {
    await sql`select pg_advisory_xact_lock(7233094)`.execute(db)
  },
  async createSchema(db) {
    const shown = await sql<{ path: string }>`select current_setting('search_path') as path`.execute(db)
    const name = (shown.rows[0]?.path ?? '').split(',')[0]?.trim().replaceAll('"', '') ?? ''
    if (/^[a-z_][a-z0-9_]*$/.test(name)) await sql`create schema if not exists ${sql.id(name)}`.execute(db)
  },
  async hasTable(db, table) {
    const found = await sql`select 1 from information_schema.tables
      where table_schema = current_schema() and table_name = ${table}`.execute(db)
    return found.rows.length > 0
  },
  async isMastodon(db) {
    const found = await sql<{ n: number }>`select count(*) as n from information_schema.columns
      where (table_name = 'schema_migrations' and column_name = 'version')
         or (table_name = 'accounts' and column_name = 'private_key')`.execute(db)
    return Number(found.rows[0]?.n ?? 0) >= 2
  },
  findDamage: async () => null,
  async sizeOnDisk(db) {
    const size = await sql<{ size: number }>`select pg_database_size(current_database()) as size`.execute(db)
    return Number(size.rows[0]?.size ?? 0)
  },
}

/** Whether the error says that a unique index refused a second equal row. */
export function isDuplicate(error: unknown): boolean {
  const fault = error as { code?: string; errcode?: number; message?: string }
  if (fault.code === '23505') return true
  return (
    fault.errcode === 2067 || fault.errcode === 1555 || /UNIQUE constraint failed/.test(fault.message ?? '')
  )
}
