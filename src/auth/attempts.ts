import { sql } from 'kysely'
import type { App } from '#app.ts'
import { tooMany } from '#platform/errors.ts'
import { hashToken } from '#platform/secrets.ts'
import { MINUTE } from '#platform/times.ts'

/** What is counted, and how often it may be tried within how many ms. */
export type Bound = { key: string; most: number; spanMs: number }

/**
 * Counts one try against each bound and throws when one is passed. The counts are stored: a restart does not
 * forget them (ACC-22). Does nothing where RATE_LIMITS is off.
 */
export async function countAttempt(app: App, bounds: Bound[]): Promise<void> {
  if (!app.config.rateLimits) return
  const over = await app.inTransaction(async (tx) => {
    let passed = false
    for (const { key, most, spanMs } of bounds) {
      const start = Math.floor(tx.now() / spanMs) * spanMs
      // One statement, so that tries at the same moment are all counted.
      const { count } = await tx.db
        .insertInto('attempt')
        .values({ key, window_start: start, count: 1 })
        .onConflict((clash) =>
          clash.column('key').doUpdateSet({
            window_start: start,
            count: sql<number>`case when attempt.window_start = ${start} then attempt.count + 1 else 1 end`,
          }),
        )
        .returning('count')
        .executeTakeFirstOrThrow()
      if (Number(count) > most) passed = true
    }
    return passed
  })
  if (over) throw tooMany('Too many tries. Wait a while and try again.')
}

/** Five letters in half an hour to one address, whoever has them sent there (ACC-09). */
export const lettersTo = (address: string): Bound => ({
  key: `letter ${hashToken(address.toLowerCase())}`,
  most: 5,
  spanMs: 30 * MINUTE,
})
