import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY } from '#platform/times.ts'
import { pinStatus, replacePins, unpinStatus } from '#statuses/pin-status.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import type { Row } from '../inbox/inbox.ts'
import { idOf, isA, listOf, sameOrigin } from '../shapes/shape.ts'
import { fetchDocument } from './fetch-document.ts'
import { statusAt } from './fetch-status.ts'

/** How many pinned posts of one account are looked at. */
const MOST = 20
/** How many of them are fetched when they are not known. */
const MOST_FETCHED = 5

/** Reads what an account of another server has pinned. */
export const fetchFeatured = job({
  name: 'fetch featured',
  queue: 'fetch',
  tries: 3,
  payload: z.object({ accountId: z.number().int() }),
  async run(app, { accountId }) {
    const account = await accountById(app, accountId)
    if (account && account.domain_id === null) await readFeatured(app, account)
  },
})

async function readFeatured(app: App, account: AccountRow): Promise<void> {
  const { featured_url: url } = account
  if (!url || !sameOrigin(url, account.uri)) return
  const fetched = await fetchDocument(app, url, { fresh: true })
  if (fetched.kind !== 'document' || !isA(fetched.document, 'OrderedCollection', 'Collection')) return
  const { orderedItems, items } = fetched.document
  const uris = listOf(orderedItems ?? items, MOST).flatMap((item) => idOf(item) ?? [])
  const statuses: StatusRow[] = []
  let fetches = 0
  for (const uri of new Set(uris)) {
    if (!sameOrigin(uri, account.uri)) continue
    const known = await statusByUri(app, uri)
    const status = known ?? (fetches++ < MOST_FETCHED ? await statusAt(app, uri) : null)
    if (status) statuses.push(status)
  }
  await replacePins(app, account, statuses)
}

const askedFor = keptBy(() => new LRUCache<number, true>({ max: 20_000, ttl: DAY }))

/** Owes a look at what an account of another server has pinned, once a day and only when somebody looks. */
export async function oweFeatured(app: App, account: AccountRow): Promise<void> {
  const asked = askedFor(app)
  if (account.domain_id !== null || !account.featured_url || asked.has(account.id)) return
  asked.set(account.id, true)
  const { host } = new URL(account.featured_url)
  await app.inTransaction((tx) =>
    tx.later(
      fetchFeatured,
      { accountId: account.id },
      { unique: `featured ${account.id}`, prio: 80, lane: host },
    ),
  )
}

/** A post pinned by its author elsewhere (ACT-25). */
export const takeAdd: Row = async (app, { actor, activity, objectId }) => {
  if (!isOwnFeatured(actor, activity.target)) return 'a collection that is not kept'
  if (objectId === null || !sameOrigin(objectId, actor.uri)) return 'an object of another origin'
  const status = (await statusByUri(app, objectId)) ?? (await statusAt(app, objectId))
  if (!status || status.account_id !== actor.id) return 'somebody else’s post'
  await pinStatus(app, actor, status, 'elsewhere')
  return undefined
}

/** A pin taken away by the author elsewhere. */
export const takeRemove: Row = async (app, { actor, activity, objectId }) => {
  if (!isOwnFeatured(actor, activity.target)) return 'a collection that is not kept'
  const status = objectId === null ? undefined : await statusByUri(app, objectId)
  if (!status) return 'nothing known'
  await unpinStatus(app, actor, status, 'elsewhere')
  return undefined
}

function isOwnFeatured(actor: AccountRow, target: unknown): boolean {
  return actor.featured_url !== null && idOf(listOf(target, 1)[0]) === actor.featured_url
}
