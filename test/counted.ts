import type { App } from '#app.ts'

/** The app with a count of what it asks its database, to hold against «one query a kind». */
export function counted(app: App): { app: App; asked(): number } {
  let asked = 0
  const db = new Proxy(app.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name === 'executeQuery') asked++
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { app: { ...app, db }, asked: () => asked }
}
