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

/**
 * Tells of a key whether it was asked about before, among about the last `most`. What somebody far back in the past
 * comes across once would only push out of memory what is read every minute.
 */
export function secondSight<Key>(most: number): (key: Key) => boolean {
  let older = new Set<Key>()
  let newer = new Set<Key>()
  return (key) => {
    if (newer.has(key) || older.has(key)) return true
    newer.add(key)
    if (newer.size >= most) {
      older = newer
      newer = new Set()
    }
    return false
  }
}
