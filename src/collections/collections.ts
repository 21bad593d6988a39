import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** How many accounts a collection holds, and how long its words are (surface j). */
export const MOST_ITEMS = 25
export const LONGEST_NAME = 40
export const LONGEST_DESCRIPTION = 100

/** Accounts that a member recommends together. Who is not `discoverable` is shown to those who know its address. */
export type CollectionRow = {
  id: number
  account_id: number
  name: string
  /** Plain text, as typed. */
  description: string
  language: string | null
  sensitive: number
  discoverable: number
  tag_id: number | null
  created_at: number
  updated_at: number
}

/** `pending` waits for the account's own server; `revoked` was taken back by the account and is shown to nobody. */
export type CollectionItemRow = {
  id: number
  collection_id: number
  account_id: number
  state: 'pending' | 'accepted' | 'revoked'
  created_at: number
  updated_at: number
}

export type CollectionTables = { collection: CollectionRow; collection_item: CollectionItemRow }

/** A part of a list, by place. */
export type Part = { offset: number; limit: number }

const byIds = prepared<{ ids: readonly number[] }, CollectionRow>((db, { ids }, dialect) =>
  db.selectFrom('collection').selectAll().where(dialect.among(sql`id`, ids)),
)

const itemsIn = prepared<{ ids: readonly number[] }, CollectionItemRow>((db, { ids }, dialect) =>
  db
    .selectFrom('collection_item')
    .innerJoin('account', 'account.id', 'collection_item.account_id')
    .selectAll('collection_item')
    .where(dialect.among(sql`collection_item.collection_id`, ids))
    .where('collection_item.state', '<>', 'revoked')
    .where('account.suspended_at', 'is', null)
    .orderBy('collection_item.id'),
)

/** The collections with these ids, by id. */
export async function collectionsByIds(
  app: App,
  ids: readonly number[],
): Promise<Map<number, CollectionRow>> {
  if (ids.length === 0) return new Map()
  return new Map((await byIds(app, { ids: [...new Set(ids)] })).map((row) => [row.id, row]))
}

/** The collection with this id, or undefined. */
export async function collectionById(app: App, id: number): Promise<CollectionRow | undefined> {
  return (await byIds(app, { ids: [id] }))[0]
}

/** The item with this id, whatever its state, or undefined. */
export async function itemById(app: App, id: number): Promise<CollectionItemRow | undefined> {
  return app.db.selectFrom('collection_item').selectAll().where('id', '=', id).executeTakeFirst()
}

/** What is in these collections, by collection, oldest first; without what was revoked and without the suspended. */
export async function itemsOf(app: App, ids: readonly number[]): Promise<Map<number, CollectionItemRow[]>> {
  const found = new Map<number, CollectionItemRow[]>(ids.map((id) => [id, []]))
  if (ids.length === 0) return found
  for (const item of await itemsIn(app, { ids })) found.get(item.collection_id)?.push(item)
  return found
}

/** A part of an account's collections, newest first: all of them for its owner, the discoverable ones for others. */
export async function collectionsOf(
  app: App,
  owner: { id: number },
  part: Part & { everything: boolean },
): Promise<CollectionRow[]> {
  let query = app.db.selectFrom('collection').selectAll().where('account_id', '=', owner.id)
  if (!part.everything) query = query.where('discoverable', '=', 1)
  return query.orderBy('id', 'desc').limit(part.limit).offset(part.offset).execute()
}

/** A part of the collections that an account is in, the latest addition first. */
export async function collectionsWith(
  app: App,
  account: { id: number },
  part: Part,
): Promise<CollectionRow[]> {
  return app.db
    .selectFrom('collection_item')
    .innerJoin('collection', 'collection.id', 'collection_item.collection_id')
    .innerJoin('account', 'account.id', 'collection.account_id')
    .selectAll('collection')
    .where('collection_item.account_id', '=', account.id)
    .where('collection_item.state', '=', 'accepted')
    .where('account.suspended_at', 'is', null)
    .orderBy('collection_item.id', 'desc')
    .limit(part.limit)
    .offset(part.offset)
    .execute()
}
