export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Times of four-digit years after 1970, which are spelt here; every page of statuses has dozens. */
const YEAR_10000 = 253_402_300_800_000
const MOST_DAYS = 2000
const days = new Map<number, string>()
const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** The time as clients read it: ISO 8601 in UTC with milliseconds. */
export function isoTime(ms: number): string {
  if (!(Number.isInteger(ms) && ms >= 0 && ms < YEAR_10000)) return new Date(ms).toISOString()
  const rest = ms % DAY
  const hour = two[Math.floor(rest / HOUR)]
  const minute = two[Math.floor((rest % HOUR) / MINUTE)]
  const second = two[Math.floor((rest % MINUTE) / SECOND)]
  return `${dayOf(ms)}T${hour}:${minute}:${second}.${String(rest % SECOND).padStart(3, '0')}Z`
}

/** The time, or null where there is none. */
export function isoTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms)
}

/** The day alone (UTC), as YYYY-MM-DD. */
export function dayOf(ms: number): string {
  const day = Math.floor(ms / DAY)
  let text = days.get(day)
  if (text === undefined) {
    text = new Date(day * DAY).toISOString().slice(0, 10)
    if (days.size >= MOST_DAYS) days.clear()
    days.set(day, text)
  }
  return text
}
