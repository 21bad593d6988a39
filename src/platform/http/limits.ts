import type { LatelyUsed } from '../cache.ts'
import { latelyUsed } from '../cache.ts'
import { networkOf } from './client-address.ts'

/** Rate families that an endpoint may name on top of the general ones (surface f). */
export type LimitFamily =
  | 'statuses'
  | 'deletes'
  | 'follows'
  | 'reports'
  | 'media'
  | 'accounts'
  | 'apps'
  | 'sign-in'
  | 'sign-up'
  | 'recovery'
  | 'password'
  | 'confirmation'

/** Those that every API request counts in, and those that only pages and other doors name. */
type OtherFamily =
  | 'api-user'
  | 'api-token'
  | 'api-anonymous'
  | 'paging'
  | 'media-proxy'
  | 'inbox-host'
  | 'inbox-refused'
  | 'sign-in-email'
  | 'recovery-email'
  | 'confirmation-email'
  | 'email-change'

export type Family = LimitFamily | OtherFamily

/** What a family counts by. Addresses count by network, e-mails without regard to case. */
export type CountedBy = 'user' | 'token' | 'address' | 'email' | 'host'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How many in how many ms, counted by whom. */
export const families: Record<Family, { limit: number; per: number; by: CountedBy }> = {
  'api-user': { limit: 1500, per: 5 * MINUTE, by: 'user' },
  'api-token': { limit: 300, per: 5 * MINUTE, by: 'token' },
  'api-anonymous': { limit: 300, per: 5 * MINUTE, by: 'address' },
  paging: { limit: 300, per: 15 * MINUTE, by: 'user' },
  media: { limit: 30, per: 30 * MINUTE, by: 'user' },
  deletes: { limit: 30, per: 30 * MINUTE, by: 'user' },
  accounts: { limit: 5, per: 30 * MINUTE, by: 'address' },
  apps: { limit: 5, per: 10 * MINUTE, by: 'address' },
  // Mastodon's 30 are for files it had lost; here every picture from elsewhere is fetched at its first look.
  'media-proxy': { limit: 1000, per: 10 * MINUTE, by: 'address' },
  // What proven servers send: as much in a minute as is worked off in the same time without hurting others.
  'inbox-host': { limit: 6000, per: MINUTE, by: 'host' },
  // What an address sends that is not accepted; each may cost a look for a key elsewhere.
  'inbox-refused': { limit: 300, per: MINUTE, by: 'address' },
  'sign-up': { limit: 25, per: 5 * MINUTE, by: 'address' },
  'sign-in': { limit: 25, per: 5 * MINUTE, by: 'address' },
  'sign-in-email': { limit: 25, per: HOUR, by: 'email' },
  recovery: { limit: 25, per: 5 * MINUTE, by: 'address' },
  'recovery-email': { limit: 5, per: 30 * MINUTE, by: 'email' },
  confirmation: { limit: 25, per: 5 * MINUTE, by: 'address' },
  'confirmation-email': { limit: 5, per: 30 * MINUTE, by: 'email' },
  'email-change': { limit: 5, per: 10 * MINUTE, by: 'user' },
  password: { limit: 10, per: 10 * MINUTE, by: 'user' },
  follows: { limit: 400, per: 24 * HOUR, by: 'user' },
  statuses: { limit: 300, per: 3 * HOUR, by: 'user' },
  reports: { limit: 400, per: 24 * HOUR, by: 'user' },
}

/** Where somebody stands in a family after one more try. */
export type Standing = { limit: number; remaining: number; resetsAt: number; over: boolean }

export type Limits = {
  /** Counts one more try at `now` (ms since 1970); null when limits are off. */
  take(family: Family, key: string | number, now: number): Standing | null
  /** Where somebody stands, without counting a try; null when nothing was counted in this window. */
  look(family: Family, key: string | number, now: number): Standing | null
}

export type LimitOptions = {
  /** RATE_LIMITS=off: nothing is counted. */
  off?: boolean
  /** How many keys each family remembers; the longest unused are forgotten first. */
  remembered?: number
}

type Count = { window: number; taken: number }

/** Opens the counters of this process: fixed windows aligned to 1970, in bounded memory, gone with a restart. */
export function openLimits({ off = false, remembered = 20_000 }: LimitOptions = {}): Limits {
  if (off) return { take: () => null, look: () => null }
  const counts = new Map<Family, LatelyUsed<string | number, Count>>()
  for (const family of Object.keys(families) as Family[]) counts.set(family, latelyUsed(remembered))
  const keyOf = (by: CountedBy, key: string | number) =>
    by === 'address' || by === 'email' ? plainKey(by, String(key)) : key
  return {
    look(family, key, now) {
      const { limit, per, by } = families[family]
      const count = counts.get(family)?.peek(keyOf(by, key))
      const window = Math.floor(now / per)
      if (count === undefined || count.window !== window) return null
      const remaining = Math.max(0, limit - count.taken)
      return { limit, remaining, resetsAt: (window + 1) * per, over: count.taken >= limit }
    },
    take(family, key, now) {
      const { limit, per, by } = families[family]
      const counted = keyOf(by, key)
      const window = Math.floor(now / per)
      const known = counts.get(family) as LatelyUsed<string | number, Count>
      let count = known.get(counted)
      if (count === undefined) {
        count = { window, taken: 0 }
        known.set(counted, count)
      } else if (count.window !== window) {
        count.window = window
        count.taken = 0
      }
      count.taken++
      return {
        limit,
        remaining: Math.max(0, limit - count.taken),
        resetsAt: (window + 1) * per,
        over: count.taken > limit,
      }
    },
  }
}

function plainKey(by: 'address' | 'email', key: string): string {
  return by === 'address' ? networkOf(key) : key.trim().toLowerCase()
}

/** The one that leaves the least room; it is what the headers tell. */
export function tightest(a: Standing | null, b: Standing | null): Standing | null {
  if (a === null || b === null) return a ?? b
  if (a.over !== b.over) return a.over ? a : b
  return b.remaining < a.remaining ? b : a
}

const resetTimes = latelyUsed<number, string>(64)

/** When the window ends as clients read it: ISO 8601 with microseconds. */
export function resetTime(ms: number): string {
  let text = resetTimes.get(ms)
  if (text === undefined) {
    text = new Date(ms).toISOString().replace('Z', '000Z')
    resetTimes.set(ms, text)
  }
  return text
}

/** Writes the three headers of surface f. */
export function writeLimitHeaders(headers: Record<string, string>, standing: Standing): void {
  headers['X-RateLimit-Limit'] = String(standing.limit)
  headers['X-RateLimit-Remaining'] = String(standing.remaining)
  headers['X-RateLimit-Reset'] = resetTime(standing.resetsAt)
}
