/**
 * Something remembered per running server, not per module: two servers in one process (the tests have many)
 * must not see each other's. Returns what was made for the app, made on first use.
 */
export function keptBy<T>(make: () => T): (app: { events: object }) => T {
  const kept = new WeakMap<object, T>()
  return ({ events }) => {
    let value = kept.get(events)
    if (value === undefined) {
      value = make()
      kept.set(events, value)
    }
    return value
  }
}
