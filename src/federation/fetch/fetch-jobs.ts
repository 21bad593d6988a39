import { z } from 'zod'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY } from '#platform/times.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById, statusByUri } from '#statuses/statuses.ts'
import { accountAt } from './fetch-account.ts'
import { fetchFeatured } from './fetch-featured.ts'
import { statusAt } from './fetch-status.ts'

/** How many posts above one are fetched (LOOP-01). */
const MOST_PARENTS = 20
/** A profile that somebody looks at is asked for again after this long. */
const STALE = DAY

/** Fetches what a new post from elsewhere answers, upwards, until something is known or the bound is reached. */
export const fetchParents = job({
  name: 'fetch parents',
  queue: 'fetch',
  tries: 3,
  payload: z.object({
    statusId: z.number().int(),
    origin: z.enum(['here', 'elsewhere']),
    isOrphan: z.boolean().optional(),
  }),
  concerns: (_tx, { origin, isOrphan }) => origin === 'elsewhere' && isOrphan !== false,
  async run(app, { statusId, origin }) {
    if (origin === 'here') return
    let status: StatusRow | undefined | null = await statusById(app, statusId)
    for (let step = 0; step < MOST_PARENTS && status?.in_reply_to_uri; step++) {
      const uri: string = status.in_reply_to_uri
      if (await statusByUri(app, uri)) return
      status = await statusAt(app, uri)
    }
  },
})

/** Reads an account's document again. */
export const refreshAccount = job({
  name: 'refresh account',
  queue: 'fetch',
  tries: 3,
  payload: z.object({ uri: z.string() }),
  lane: ({ uri }) => (URL.canParse(uri) ? new URL(uri).host : ''),
  async run(app, { uri }) {
    await accountAt(app, uri, { refresh: true })
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

/** Jobs that no happening starts. */
export const fetchJobs = [refreshAccount, fetchFeatured]
