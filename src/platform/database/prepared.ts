import type { Compilable, CompiledQuery, Kysely, RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { App, Tables } from '#app.ts'
import type { Dialect } from './dialect.ts'
import { straightTo } from './sqlite.ts'

/** Stands in a query for a value that arrives at each call. */
class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

type Asker = Pick<App, 'db' | 'dialect'>

/**
 * A query built and compiled once per database and run many times with other values: compiling costs
 * ten times the read itself. `build` must not look at the values; arrays go through `dialect.among`.
 */
export function prepared<Params extends Record<string, unknown>, Row>(
  build: (db: Kysely<Tables>, params: Params, dialect: Dialect) => Compilable<Row> | RawBuilder<Row>,
): (app: Asker, params: Params) => Promise<Row[]> {
  const compiled = new Map<string, CompiledQuery<Row>>()
  const slots = new Proxy({} as Params, { get: (_, name) => new Placeholder(String(name)) })
  return async (app, params) => {
    let query = compiled.get(app.dialect.name)
    if (!query) {
      query = build(app.db, slots, app.dialect).compile(app.db) as CompiledQuery<Row>
      compiled.set(app.dialect.name, query)
    }
    const parameters = query.parameters.map((value) =>
      value instanceof Placeholder ? params[value.name] : value,
    )
    const filled = { ...query, parameters } as CompiledQuery<Row>
    const run = straightTo(app.db)
    return run ? (run(filled).rows as Row[]) : (await app.db.executeQuery(filled)).rows
  }
}

/** Inserts one whole row, with a statement built once for each set of columns. */
export function preparedInsert<Row extends Record<string, unknown>>(
  table: keyof Tables,
): (app: Asker, row: Row) => Promise<void> {
  const statements = new Map<string, (app: Asker, row: Row) => Promise<never[]>>()
  return async (app, row) => {
    const columns = Object.keys(row)
    const key = columns.join()
    let insert = statements.get(key)
    if (!insert) {
      insert = prepared<Row, never>((_db, values) => {
        const names = sql.join(columns.map((name) => sql.ref(name)))
        return sql<never>`insert into ${sql.table(table)} (${names})
          values (${sql.join(columns.map((name) => values[name]))})`
      })
      statements.set(key, insert)
    }
    await insert(app, row)
  }
}
