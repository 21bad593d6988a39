import { z } from 'zod'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import { statusAt } from './fetch-status.ts'

/** How many posts above one are fetched, and how many known ones are passed on the way (LOOP-01). */
const MOST_PARENTS = 20
const MOST_STEPS = 500

/** Fetches what a new post from elsewhere answers, upwards, until something is known or the bound is reached. */
export const fetchParents = job({
  name: 'fetch parents',
  queue: 'fetch',
  tries: 3,
  payload: z.object({
    statusId: z.number().int(),
    origin: z.enum(['here', 'elsewhere']),
    isOrphan: z.boolean().optional(),
    quiet: z.boolean().optional(),
  }),
  concerns: (_tx, { origin, isOrphan, quiet }) =>
    origin === 'elsewhere' && isOrphan !== false && quiet !== true,
  async run(app, { statusId, origin }) {
    if (origin === 'here') return
    const status = await statusById(app, statusId)
    if (status) await fetchAbove(app, status)
  },
})

/** Goes up from a status through what it answers, fetching what is missing; gives how far it came and what it cost. */
export async function fetchAbove(app: App, status: StatusRow): Promise<{ top: StatusRow; fetched: number }> {
  let top = status
  let fetched = 0
  for (let step = 0; step < MOST_STEPS && fetched < MOST_PARENTS; step++) {
    const known: StatusRow | undefined =
      top.in_reply_to_id === null ? undefined : await statusById(app, top.in_reply_to_id)
    const parent: StatusRow | null =
      known ??
      (top.in_reply_to_uri === null ? null : await statusAt(app, top.in_reply_to_uri, { isLed: true }))
    if (!parent) break
    if (!known) fetched++
    top = parent
  }
  return { top, fetched }
}
