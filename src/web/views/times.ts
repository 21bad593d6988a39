import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { words } from '../words.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(words.locale, { timeZone: 'UTC', ...options })
const days = format({ day: 'numeric', month: 'short' })
const dates = format({ day: 'numeric', month: 'short', year: 'numeric' })
const months = format({ month: 'long', year: 'numeric' })
const moments = format({
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** How long ago, in few letters; the whole moment shows on hover. `now` in ms. */
export function shortTime(iso: string, now: number, className = 'dt-published'): Html {
  const at = Date.parse(iso)
  return html`<time class="${className}" datetime="${iso}" title="${fullTime(iso)}">${ago(at, now)}</time>`
}

/** The whole moment, as an element. */
export function longTime(iso: string, className = 'dt-published'): Html {
  return html`<time class="${className}" datetime="${iso}">${fullTime(iso)}</time>`
}

/** `12 May 2026, 10:40 UTC`. */
export function fullTime(iso: string): string {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? iso : words.time.full(moments.format(at))
}

/** `12 May 2026`. */
export function dateOf(iso: string): string {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? iso : dates.format(at)
}

/** `May 2026`. */
export function monthOf(iso: string): string {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? iso : months.format(at)
}

function ago(at: number, now: number): string {
  if (Number.isNaN(at)) return ''
  const passed = now - at
  if (passed < MINUTE) return words.time.now
  if (passed < HOUR) return words.time.minutes(Math.floor(passed / MINUTE))
  if (passed < DAY) return words.time.hours(Math.floor(passed / HOUR))
  if (passed < 7 * DAY) return words.time.days(Math.floor(passed / DAY))
  return passed < 300 * DAY ? days.format(at) : dates.format(at)
}
