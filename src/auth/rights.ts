import { LRUCache } from 'lru-cache'
import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { keptBy } from '#platform/cache.ts'
import { live } from '#platform/jobs/declare.ts'
import { MINUTE } from '#platform/times.ts'

const TOPIC = rightsChanged.name
const MOST_KEPT = 5000

/** Tells every thread that what was remembered about a person's rights is worth nothing any more. */
export const dropRememberedRights = live<{ userId: number }>({
  name: 'drop remembered rights',
  run: (app, payload) => app.events.publish(TOPIC, payload),
})

type Load<Value> = () => Promise<Value | null>

/**
 * Remembers what was loaded under a key for a minute at most, and forgets everything whenever somebody's rights
 * change. What is nothing (null) is not remembered.
 */
export function keptWhileRightsStand<Value extends object>() {
  const kept = keptBy(() => ({
    values: new LRUCache<string, Value>({ max: MOST_KEPT, ttl: MINUTE, ttlResolution: 0 }),
    changes: 0,
    listening: false,
  }))
  return async (app: App, key: string, load: Load<Value>): Promise<Value | null> => {
    const memory = kept(app)
    if (!memory.listening) {
      memory.listening = true
      app.events.subscribe(TOPIC, () => {
        memory.changes++
        memory.values.clear()
      })
    }
    const known = memory.values.get(key)
    if (known) return known
    const { changes } = memory
    const value = await load()
    // Read before a change and kept after it, an ended token would go on working.
    if (value && memory.changes === changes) memory.values.set(key, value)
    return value
  }
}
