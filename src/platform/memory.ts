import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** When a thread has started and is quiet, in ms. */
const SETTLED_AFTER = 3000

/**
 * Gives back, once, what starting left behind in this thread: code that ran a single time, half-filled pages.
 * A server of one person is idle most of the day; without this it would hold that memory until the next flood.
 */
export function trimAfterStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as (options: { type: string; flavor: string }) => void
    collect({ type: 'major', flavor: 'last-resort' })
  }, SETTLED_AFTER).unref()
}
