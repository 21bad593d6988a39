import { z } from 'zod'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY } from '#platform/times.ts'
import { confirmGone } from './confirm-gone.ts'
import { accountAt } from './fetch-account.ts'
import { readCounts } from './fetch-counts.ts'
import { fetchFeatured } from './fetch-featured.ts'
import { fetchNodeInfo } from './fetch-node-info.ts'
import { fetchOutbox } from './fetch-outbox.ts'

/** A profile that somebody looks at is asked for again after this long. */
const STALE = DAY

/** Reads an account's document again. */
export const refreshAccount = job({
  name: 'refresh account',
  queue: 'fetch',
  tries: 3,
  payload: z.object({ uri: z.string() }),
  lane: ({ uri }) => (URL.canParse(uri) ? new URL(uri).host : ''),
  async run(app, { uri }) {
    const account = await accountAt(app, uri, { refresh: true })
    if (account && account.domain_id === null) await readCounts(app, account)
  },
})

/** Owes a refresh of an account of another server whose copy has grown old; at most one waits. */
export async function refreshIfStale(
  app: App,
  account: { uri: string; domain_id: number | null; fetched_at: number | null },
) {
  if (account.domain_id !== null || app.now() - (account.fetched_at ?? 0) < STALE) return
  await app.inTransaction((tx) =>
    tx.later(refreshAccount, { uri: account.uri }, { unique: `refresh ${account.uri}`, prio: 80 }),
  )
}

/** How long a followed account may go unread, and how many of those that did are asked for at a time. */
const IDLE = 7 * DAY
const IDLE_AT_ONCE = 100
const idlePlace = keptBy(() => ({ after: 0 }))

/** Owes a refresh of accounts that members follow and that nobody looked at for long. */
export async function refreshIdle(app: App): Promise<void> {
  const place = idlePlace(app)
  const rows = await app.db
    .selectFrom('account')
    .select(['id', 'uri', 'domain_id', 'fetched_at'])
    .where('domain_id', 'is', null)
    .where('suspended_at', 'is', null)
    .where('fetched_at', '<', app.now() - IDLE)
    .where('id', '>', place.after)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('follow').select('follow.id').whereRef('follow.target_id', '=', 'account.id')),
    )
    .orderBy('id')
    .limit(IDLE_AT_ONCE)
    .execute()
  // Those that do not answer stay old: the next turn goes on behind them.
  place.after = rows.length === IDLE_AT_ONCE ? (rows.at(-1)?.id ?? 0) : 0
  for (const row of rows) await refreshIfStale(app, row)
}

/** Jobs that no happening starts. */
export const fetchJobs = [refreshAccount, confirmGone, fetchFeatured, fetchOutbox, fetchNodeInfo]
