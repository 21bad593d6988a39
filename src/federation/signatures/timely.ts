import { DAY, HOUR } from '#platform/times.ts'

/** How far ahead the clock of a signer may be. */
const MARGIN = HOUR
/** Deletions are remembered longer than this, so that nothing old can come back by its proof (LDS-06). */
const LONGEST = 14 * DAY

/** Whether what was signed at `created`, perhaps up to `expires`, still counts. */
export function isTimely(
  { created, expires }: { created?: unknown; expires?: unknown },
  now: number,
): boolean {
  const time = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : Number.NaN)
  const at = time(created)
  return at <= now + MARGIN && at > now - LONGEST && (expires === undefined || time(expires) > now)
}
