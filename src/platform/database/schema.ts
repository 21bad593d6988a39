import type { ColumnDefinitionBuilder, Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'

/**
 * Column shorthand for migrations: `key` (primary id), `int`, `text`, `bytes`;
 * a trailing `?` allows null, `=0` or `=` (empty text) gives a default.
 */
export type ColumnWord = 'key' | `${'int' | 'text' | 'bytes'}${'' | '?' | `=${string}`}`

/** Creates a table from shorthand words; both databases get the same columns (STRICT in SQLite). */
export async function createTable(
  db: Kysely<never>,
  dialect: Dialect,
  name: string,
  columns: Record<string, ColumnWord>,
  primaryKey?: string[],
): Promise<void> {
  let table = db.schema.createTable(name)
  for (const [column, word] of Object.entries(columns)) {
    const { type, shape } = columnOf(dialect, word)
    table = table.addColumn(column, sql`${type}`, shape)
  }
  if (primaryKey) table = table.addPrimaryKeyConstraint(`${name}_pk`, primaryKey as never)
  if (dialect.tableEnd) table = table.modifyEnd(sql.raw(dialect.tableEnd))
  await table.execute()
}

/** Adds columns from shorthand words to a table with rows in it: each allows null or has a default. */
export async function addColumns(
  db: Kysely<never>,
  dialect: Dialect,
  name: string,
  columns: Record<string, ColumnWord>,
): Promise<void> {
  for (const [column, word] of Object.entries(columns)) {
    const { type, shape } = columnOf(dialect, word)
    await db.schema.alterTable(name).addColumn(column, sql`${type}`, shape).execute()
  }
}

function columnOf(dialect: Dialect, word: ColumnWord) {
  const kind = /^[a-z]+/.exec(word)?.[0] ?? ''
  const type = sql.raw(kind === 'text' ? 'text' : kind === 'bytes' ? dialect.bytesType : dialect.integerType)
  const shape = (made: ColumnDefinitionBuilder) => {
    if (word === 'key') return made.primaryKey().notNull()
    const given = /=(.*)$/.exec(word)
    if (given) return made.notNull().defaultTo(kind === 'int' ? Number(given[1]) : (given[1] ?? ''))
    return word.endsWith('?') ? made : made.notNull()
  }
  return { type, shape }
}

/** Creates an index named after its table and columns; `where` makes it partial, `unique` refuses duplicates. */
export async function createIndex(
  db: Kysely<never>,
  table: string,
  columns: string[],
  options: { unique?: boolean; where?: string; name?: string } = {},
): Promise<void> {
  const name = options.name ?? `${table}_${columns.map((column) => column.replace(/ desc$/, '')).join('_')}`
  const unique = options.unique ? 'unique ' : ''
  const where = options.where ? ` where ${options.where}` : ''
  await sql.raw(`create ${unique}index "${name}" on "${table}" (${columns.join(', ')})${where}`).execute(db)
}
