import { CompiledQuery } from 'kysely'
import type { App } from '#app.ts'

/** How one statement finds its rows, in SQLite's words. */
export type Plan = { text: string; steps: string[] }

/** The app, and how each statement it runs from now on finds its rows (SQLite only). */
export function watchPlans(app: App): { app: App; plans: Plan[] } {
  const plans: Plan[] = []
  const watched: App = {
    ...app,
    db: watchedDatabase(app.db, plans),
    inTransaction: (work) => app.inTransaction((tx) => work({ ...tx, db: watchedDatabase(tx.db, plans) })),
  }
  return { app: watched, plans }
}

function watchedDatabase(db: App['db'], plans: Plan[]): App['db'] {
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (name !== 'executeQuery') return typeof value === 'function' ? value.bind(target) : value
      return async (query: CompiledQuery) => {
        const asked = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters])
        const { rows } = await target.executeQuery<{ detail: string }>(asked)
        plans.push({ text: query.sql, steps: rows.map((row) => row.detail) })
        return target.executeQuery(query)
      }
    },
  })
}
