import { signal } from '@preact/signals'
import { Offline, post } from '../api.ts'
import { boot } from '../boot.ts'
import { onReturn } from '../live.ts'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'
import { change, kept } from './kept.ts'

/** Something that `by` did while the line was down. `key` makes the server do it once, however often it is sent. */
type Waiting = { by: string; key: string; path: string; body?: unknown }

const OUTBOX = 'outbox'
const MOST_WAITING = 500

/** How many things wait to be sent. */
export const waitingCount = signal(0)

/** Keeps something to be sent when the line is back, after all that waits already. Throws when this browser keeps nothing. */
export async function sendLater(
  path: string,
  body?: unknown,
  key: string = crypto.randomUUID(),
): Promise<void> {
  await change<Waiting[]>(OUTBOX, (before = []) => {
    if (before.length >= MOST_WAITING) throw new Error(say('outbox-full'))
    return [...before, { by: boot.me.id, key, path, body }]
  })
  waitingCount.value++
}

/** Sends what waits, in order and from one window alone, and says how it went; `sent` hears of each. */
export async function sendWaiting(): Promise<void> {
  await navigator.locks.request('hyrax outbox', { ifAvailable: true }, async (lock) => {
    if (lock) await empty()
  })
}

async function empty(): Promise<void> {
  let sent = 0
  const refused: string[] = []
  for (let first = await next(); first; first = await next()) {
    try {
      await post(first.path, first.body, first.key)
      sent++
    } catch (error) {
      if (error instanceof Offline) break
      refused.push((error as Error).message)
    }
    const { key } = first
    await change<Waiting[]>(OUTBOX, (before = []) => before.filter((each) => each.key !== key))
  }
  if (refused.length > 0) toast(say('outbox-refused', { n: refused.length, why: refused[0] ?? '' }))
  else if (sent > 0) toast(say('outbox-sent', { n: sent }))
}

async function next(): Promise<Waiting | undefined> {
  // Nothing is ever sent in the name of somebody else who used this browser.
  const waiting = ((await kept<Waiting[]>(OUTBOX)) ?? []).filter(({ by }) => by === boot.me.id)
  waitingCount.value = waiting.length
  return waiting[0]
}

/** Sends what waits now, and whenever the line comes back. */
export function watchOutbox(): void {
  const go = () => void sendWaiting().catch(() => {})
  addEventListener('online', go)
  onReturn(go)
  go()
}
