import type { App } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { keptBy } from '#platform/cache.ts'
import { live } from '#platform/jobs/declare.ts'

const TOPIC = rightsChanged.name

/** Tells every thread that what was remembered about a person's rights is worth nothing any more. */
export const dropRememberedRights = live<{ userId: number }>({
  name: 'drop remembered rights',
  run: (app, payload) => app.events.publish(TOPIC, payload),
})

const listening = keptBy(() => new Set<string>())

/** Runs `drop` whenever somebody's rights change; asking again under the same name changes nothing. */
export function onRightsChanged(app: App, name: string, drop: () => void): void {
  const names = listening(app)
  if (names.has(name)) return
  names.add(name)
  app.events.subscribe(TOPIC, drop)
}
