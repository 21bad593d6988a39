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

/** Some values by their keys: those used last, at most so many. */
export type LatelyUsed<Key, Value> = {
  get(key: Key): Value | undefined
  /** Without counting as a use. */
  peek(key: Key): Value | undefined
  set(key: Key, value: Value): void
}

/**
 * Keeps the `most` values used last. An LRUCache sets aside all of its room at once; this one weighs what it holds,
 * which is nothing on a server where nobody is.
 */
export function latelyUsed<Key, Value>(most: number): LatelyUsed<Key, Value> {
  const values = new Map<Key, Value>()
  const set = (key: Key, value: Value) => {
    values.delete(key)
    values.set(key, value)
    if (values.size > most) values.delete(values.keys().next().value as Key)
  }
  return {
    get(key) {
      const value = values.get(key)
      if (value !== undefined) set(key, value)
      return value
    },
    peek: (key) => values.get(key),
    set,
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
