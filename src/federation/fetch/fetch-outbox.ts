import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { authorOf } from '../shapes/authors.ts'
import { noteTypes, visibilityOf } from '../shapes/read-note.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isA, isObject, sameOrigin } from '../shapes/shape.ts'
import { withBudget } from './budget.ts'
import { readCounts } from './fetch-counts.ts'
import { oweFeatured } from './fetch-featured.ts'
import { statusAt, takeStatus } from './fetch-status.ts'
import { pagesOf } from './walk-collection.ts'

/** How much of what somebody wrote before is fetched, once (LOOP-04). */
const MOST_POSTS = 40
const MOST_PAGES = 3
const MOST_REQUESTS = 60

/** Reads what an account of another server wrote lately, quietly: dated by its own time, and nobody is told. */
export const fetchOutbox = job({
  name: 'fetch outbox',
  queue: 'fetch',
  tries: 1,
  payload: z.object({ accountId: z.number().int() }),
  async run(app, { accountId }, task) {
    const account = await accountById(app, accountId)
    if (!account || account.domain_id !== null || account.suspended_at !== null) return
    await withBudget(MOST_REQUESTS, () => readOutbox(app, account, task.signal))
    await readCounts(app, account)
  },
})

/** A member wants to follow somebody: what they wrote before is there when their page is opened. */
export const fillFollowed = job({
  name: 'fill followed profile',
  queue: 'local',
  tries: 3,
  payload: z.object({ targetId: z.number().int(), origin: z.enum(['here', 'elsewhere']) }),
  concerns: (_tx, { origin }) => origin === 'here',
  async run(app, { targetId, origin }) {
    const target = origin === 'here' ? await accountById(app, targetId) : undefined
    if (target) await fillProfile(app, target)
  },
})

/** Owes what a profile from elsewhere lacks: the earlier posts once, what is featured once a day. */
export async function fillProfile(app: App, account: AccountRow): Promise<void> {
  await oweFeatured(app, account)
  if (account.domain_id !== null || !account.outbox_url || account.backfilled_at !== null) return
  const { host } = new URL(account.outbox_url)
  await app.inTransaction(async (tx) => {
    const claimed = await tx.db
      .updateTable('account')
      .set({ backfilled_at: tx.now() })
      .where('id', '=', account.id)
      .where('backfilled_at', 'is', null)
      .executeTakeFirst()
    // Two who look at once owe it once.
    if (claimed.numUpdatedRows === 0n) return
    await tx.later(fetchOutbox, { accountId: account.id }, { prio: 85, lane: host })
  })
}

async function readOutbox(app: App, account: AccountRow, signal: AbortSignal): Promise<void> {
  const walk = { pages: MOST_PAGES + 1, mayAsk: (url: string) => sameOrigin(url, account.uri) }
  let looked = 0
  for await (const page of pagesOf(app, account.outbox_url, account.uri, walk)) {
    for (const item of page.items) {
      const post = postOf(item, account)
      if (!post) continue
      if (looked++ >= MOST_POSTS || signal.aborted) return
      if (await statusByUri(app, post.uri)) continue
      const taking = { quiet: true, isLed: true, lookups: 0 }
      if (post.laid && sameOrigin(post.uri, page.from)) await takeStatus(app, post.laid, post.uri, taking)
      else await statusAt(app, post.uri, taking)
    }
  }
}

/** The post of the account's own that an entry of its outbox publishes; null for boosts, votes and what is not open. */
function postOf(item: unknown, account: AccountRow): { uri: string; laid: Shaped | null } | null {
  const object = isObject(item) && isA(item, 'Create') ? item.object : item
  const uri = idOf(object)
  if (uri === null || !sameOrigin(uri, account.uri)) return null
  if (!isObject(object)) return isObject(item) ? { uri, laid: null } : null
  if (!isA(object, ...noteTypes) || authorOf(object) !== account.uri) return null
  const visibility = visibilityOf(object, account)
  return visibility === 'public' || visibility === 'unlisted' ? { uri, laid: object } : null
}
