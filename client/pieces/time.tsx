import { signal } from '@preact/signals'
import { say } from '../words.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** All times move on together, once a minute. */
const now = signal(Date.now())
setInterval(() => {
  now.value = Date.now()
}, MINUTE)

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const dates = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** How long ago, in few letters; the whole moment shows on hover. */
export function Time({ iso }: { iso: string }) {
  return (
    <time class="dt-published" dateTime={iso} title={fullTime(iso)}>
      {ago(Date.parse(iso), now.value)}
    </time>
  )
}

/** The whole moment in the reader's own time. */
export const fullTime = (iso: string): string => moments.format(Date.parse(iso))

function ago(at: number, present: number): string {
  if (at > present + MINUTE) return coming(at - present)
  const passed = present - at
  if (passed < MINUTE) return say('time-now')
  if (passed < HOUR) return say('time-minutes', { n: Math.floor(passed / MINUTE) })
  if (passed < DAY) return say('time-hours', { n: Math.floor(passed / HOUR) })
  if (passed < 7 * DAY) return say('time-days', { n: Math.floor(passed / DAY) })
  return dates.format(at)
}

function coming(left: number): string {
  if (left < HOUR) return say('time-in-minutes', { n: Math.round(left / MINUTE) })
  if (left < 2 * DAY) return say('time-in-hours', { n: Math.round(left / HOUR) })
  return say('time-in-days', { n: Math.round(left / DAY) })
}
