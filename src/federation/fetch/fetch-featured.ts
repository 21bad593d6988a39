import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { takeShownTags } from '#hashtags/shown-elsewhere.ts'
import { keptBy } from '#platform/cache.ts'
import { job } from '#platform/jobs/declare.ts'
import { DAY } from '#platform/times.ts'
import { pinStatus, replacePins, unpinStatus } from '#statuses/pin-status.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import type { Row } from '../inbox/inbox.ts'
import { idOf, isA, isObject, listOf, sameOrigin, textOf } from '../shapes/shape.ts'
import { fetchDocument } from './fetch-document.ts'
import { statusAt } from './fetch-status.ts'
import { pagesOf } from './walk-collection.ts'

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
    if (!account || account.domain_id !== null) return
    await readFeatured(app, account)
    await readFeaturedTags(app, account)
  },
})

async function readFeaturedTags(app: App, account: AccountRow): Promise<void> {
  const walk = { pages: 2, mayAsk: (url: string) => sameOrigin(url, account.uri) }
  const names: string[] = []
  let isRead = false
  for await (const page of pagesOf(app, account.featured_tags_url, account.uri, walk)) {
    isRead = true
    for (const item of page.items.slice(0, MOST)) names.push(...hashtagName(item))
  }
  if (isRead) await takeShownTags(app, account, 'all', names)
}

const hashtagName = (item: unknown): string[] =>
  isObject(item) && isA(item, 'Hashtag') ? [textOf(item.name, 255)] : []

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
  const address = account.featured_url ?? account.featured_tags_url
  if (account.domain_id !== null || !address || asked.has(account.id)) return
  asked.set(account.id, true)
  const { host } = new URL(address)
  await app.inTransaction((tx) =>
    tx.later(
      fetchFeatured,
      { accountId: account.id },
      { unique: `featured ${account.id}`, prio: 80, lane: host },
    ),
  )
}

/** A post pinned by its author elsewhere (ACT-25). */
export const takeAdd: Row = async (app, { actor, activity, object, objectId }) => {
  if (!isOwnFeatured(actor, activity.target)) return 'a collection that is not kept'
  const [tag] = hashtagName(object)
  if (tag !== undefined) return void (await takeShownTags(app, actor, 'more', [tag]))
  if (objectId === null || !sameOrigin(objectId, actor.uri)) return 'an object of another origin'
  const status = (await statusByUri(app, objectId)) ?? (await statusAt(app, objectId))
  if (!status || status.account_id !== actor.id) return 'somebody else’s post'
  await pinStatus(app, actor, status, 'elsewhere')
  return undefined
}

/** A pin taken away by the author elsewhere. */
export const takeRemove: Row = async (app, { actor, activity, object, objectId }) => {
  if (!isOwnFeatured(actor, activity.target)) return 'a collection that is not kept'
  const [tag] = hashtagName(object)
  if (tag !== undefined) return void (await takeShownTags(app, actor, 'less', [tag]))
  const status = objectId === null ? undefined : await statusByUri(app, objectId)
  if (!status) return 'nothing known'
  await unpinStatus(app, actor, status, 'elsewhere')
  return undefined
}

function isOwnFeatured(actor: AccountRow, target: unknown): boolean {
  return actor.featured_url !== null && idOf(listOf(target, 1)[0]) === actor.featured_url
}
