import { signal } from '@preact/signals'
import { boot } from '../boot.ts'
import { composing } from '../compose/state.ts'
import { say } from '../words.ts'
import { keep, keepFor } from './kept.ts'

/** A newer version of the app that waits to be let in. */
export const update = signal<ServiceWorker | null>(null)

const LATER_MS = 3000
const whenIdle = (run: () => void) =>
  'requestIdleCallback' in window
    ? requestIdleCallback(run, { timeout: LATER_MS })
    : setTimeout(run, LATER_MS)

/** Sets the service worker up once nothing else is to be done; `go` opens a path that it was asked for. */
export function install(go: (path: string) => void): void {
  if (!('serviceWorker' in navigator)) return
  whenIdle(() => {
    void keepFor(boot.me.id, boot.token)
    void keep('push words', { reply: say('reply'), read: say('mark-read') })
    void register(go)
  })
}

async function register(go: (path: string) => void): Promise<void> {
  const { serviceWorker } = navigator
  const registration = await serviceWorker.register('/sw.js').catch(() => null)
  if (!registration) return
  const look = () => {
    const { installing, waiting } = registration
    if (waiting && serviceWorker.controller) update.value = waiting
    installing?.addEventListener('statechange', look)
  }
  registration.addEventListener('updatefound', look)
  look()
  serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data?.open === 'string' && data.open.startsWith('/')) go(data.open)
  })
}

/** Lets the newer version in and loads it. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  update.value?.postMessage('take over')
}

/** Whether there is a newer version and this is a good moment to say so. */
export const mayUpdate = (): boolean => update.value !== null && !composing.value
