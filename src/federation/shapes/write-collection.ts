import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import type { CollectionItemRow, CollectionRow } from '#collections/collections.ts'
import { collectionById, collectionsOf, itemById, itemsOf } from '#collections/collections.ts'
import { collectionUri, pageOf } from '#collections/present-collection.ts'
import { tagsByIds } from '#collections/topics.ts'
import { mayRead } from '#collections/visibility.ts'
import { escapeHtml } from '#platform/html.ts'
import { isoTime } from '#platform/times.ts'
import type { Document } from './context-out.ts'
import { writeHashtag } from './write-hashtag.ts'

/** More than a role allows anybody by itself. */
const MOST_LISTED = 100

/** The collections that an account shows to everybody, whole (FEP-7aa9). */
export async function featuredCollections(app: App, account: AccountRow): Promise<Document> {
  const part = { offset: 0, limit: MOST_LISTED, everything: false }
  const items = await writeCollections(app, account, await collectionsOf(app, account, part))
  const id = `${account.uri}/featured_collections`
  return { id, type: 'Collection', totalItems: items.length, items }
}

/** One collection of the account; null for none and for that of somebody else. */
export async function featuredCollection(
  app: App,
  account: AccountRow,
  id: number,
): Promise<Document | null> {
  const row = await collectionById(app, id)
  if (row?.account_id !== account.id) return null
  return (await writeCollections(app, account, [row]))[0] ?? null
}

/** The collection with this id and its address, if a member of this domain keeps it. */
export async function collectionHere(
  app: App,
  domain: HostedDomain | undefined,
  id: number,
): Promise<{ uri: string; document: Document } | null> {
  const row = await collectionById(app, id)
  const owner = row && (await accountById(app, row.account_id))
  if (!owner || !(await mayRead(app, owner, null)) || owner.domain_id !== domain?.id) return null
  const [document] = await writeCollections(app, owner, [row])
  return document ? { uri: collectionUri(owner, row), document } : null
}

/** One place in a collection of the account; null unless it is taken. */
export async function featuredItem(app: App, account: AccountRow, id: number): Promise<Document | null> {
  const item = await itemById(app, id)
  const row = item && (await collectionById(app, item.collection_id))
  const target = item && (await accountById(app, item.account_id))
  if (item?.state !== 'accepted' || !target || row?.account_id !== account.id) return null
  return writeItem(account, item, target)
}

/** What says that the account agreed to be in a collection; null when it is not or no more. */
export async function featureAuthorization(
  app: App,
  account: AccountRow,
  id: number,
): Promise<Document | null> {
  const item = await itemById(app, id)
  const row = item && (await collectionById(app, item.collection_id))
  const owner = row && (await accountById(app, row.account_id))
  if (item?.state !== 'accepted' || item.account_id !== account.id || !owner) return null
  return {
    id: authorizationUri(account, item),
    type: 'FeatureAuthorization',
    attributedTo: account.uri,
    interactingObject: collectionUri(owner, row),
    interactionTarget: account.uri,
  }
}

const authorizationUri = (target: Pick<AccountRow, 'uri'>, item: Pick<CollectionItemRow, 'id'>) =>
  `${target.uri}/feature_authorizations/${item.id}`

async function writeCollections(app: App, owner: AccountRow, rows: CollectionRow[]): Promise<Document[]> {
  const found = await itemsOf(
    app,
    rows.map((row) => row.id),
  )
  const all = [...found.values()].flat().filter((item) => item.state === 'accepted')
  const targets = await accountsByIds(app, [...new Set(all.map((item) => item.account_id))])
  const tags = await tagsByIds(app, [...new Set(rows.flatMap((row) => row.tag_id ?? []))])
  const origin = app.domains.byId(owner.domain_id ?? 0)?.origin ?? ''
  return rows.map((row) => {
    const tag = tags.get(row.tag_id ?? 0)
    const orderedItems = all.flatMap((item) => {
      const target = item.collection_id === row.id ? targets.get(item.account_id) : undefined
      return target ? [writeItem(owner, item, target)] : []
    })
    const topic = tag && writeHashtag(origin, tag.name, tag.display_name)
    return {
      ...shape(app, owner, row),
      ...(topic ? { topic } : {}),
      totalItems: orderedItems.length,
      orderedItems,
    }
  })
}

function shape(app: App, owner: AccountRow, row: CollectionRow): Document {
  const summary = escapeHtml(row.description)
  return {
    id: collectionUri(owner, row),
    type: 'FeaturedCollection',
    name: row.name,
    ...(row.language ? { summaryMap: { [row.language]: summary } } : { summary }),
    attributedTo: owner.uri,
    url: pageOf(app, owner, row),
    sensitive: row.sensitive === 1,
    discoverable: row.discoverable === 1,
    published: isoTime(row.created_at),
    updated: isoTime(row.updated_at),
  }
}

function writeItem(owner: AccountRow, item: CollectionItemRow, target: AccountRow): Document {
  return {
    id: `${owner.uri}/collection_items/${item.id}`,
    type: 'FeaturedItem',
    featuredObject: target.uri,
    featureAuthorization: authorizationUri(target, item),
    published: isoTime(item.created_at),
  }
}
