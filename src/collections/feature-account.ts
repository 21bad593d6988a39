import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { featurePolicyFor } from '#accounts/feature-approval.ts'
import { letIn } from '#accounts/let-in.ts'
import type { App } from '#app.ts'
import { addedToCollection, leftCollection } from '#happenings.ts'
import { invalid, notAllowed, notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { isKeptApart } from '#relationships/relationships.ts'
import type { CollectionItemRow, CollectionRow } from './collections.ts'
import { MOST_ITEMS } from './collections.ts'

/** Throws `notAllowed` unless the account lets itself be shown by this member, and neither blocks the other. */
export async function mayFeature(app: App, owner: AccountRow, target: AccountRow): Promise<void> {
  if (!(await letIn(app, target)) || target.suspended_at !== null) throw notFound()
  if (featurePolicyFor(target, owner) !== 'automatic') throw notAllowed()
  if (target.id !== owner.id && (await isKeptApart(app, owner, target))) throw notAllowed()
}

/** Puts an account into a collection; throws `invalid` when it is full or holds it, `notAllowed` as `mayFeature`. */
export async function featureAccount(
  app: App,
  owner: AccountRow,
  row: CollectionRow,
  target: AccountRow,
): Promise<CollectionItemRow> {
  await mayFeature(app, owner, target)
  return app.inTransaction(async (tx) => {
    await sql`select id from collection where id = ${row.id} ${tx.dialect.holdRows}`.execute(tx.db)
    const items = await tx.db
      .selectFrom('collection_item')
      .select(['account_id', 'state'])
      .where('collection_id', '=', row.id)
      .execute()
    if (items.some((item) => item.account_id === target.id))
      throw invalid('Validation failed: Account has already been taken')
    if (items.filter((item) => item.state !== 'revoked').length >= MOST_ITEMS)
      throw invalid(`Validation failed: A collection may hold at most ${MOST_ITEMS} accounts`)
    return insertItem(tx, row, target)
  })
}

/** Writes the item in the caller's transaction and tells of it; what is allowed was asked before. */
export async function insertItem(
  tx: App,
  row: CollectionRow,
  target: AccountRow,
): Promise<CollectionItemRow> {
  const at = { created_at: tx.now(), updated_at: tx.now() }
  const item = {
    id: tx.newId(),
    collection_id: row.id,
    account_id: target.id,
    state: 'accepted',
    ...at,
  } as const
  await tx.db.insertInto('collection_item').values(item).execute()
  await tx.emit(addedToCollection, { collectionId: row.id, accountId: row.account_id, targetId: target.id })
  return item
}

/** The item of this id in the collection; throws `notFound` for none and for what was revoked. */
export async function itemNamed(app: App, row: CollectionRow, id: string): Promise<CollectionItemRow> {
  const number = readId(id)
  const item =
    number === null
      ? undefined
      : await app.db
          .selectFrom('collection_item')
          .selectAll()
          .where('id', '=', number)
          .where('collection_id', '=', row.id)
          .where('state', '<>', 'revoked')
          .executeTakeFirst()
  if (!item) throw notFound()
  return item
}

/** Takes an account out of a collection. */
export async function unfeatureAccount(app: App, row: CollectionRow, item: CollectionItemRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('collection_item').where('id', '=', item.id).execute()
    await tellLeft(tx, row, item)
  })
}

/** The account takes itself out: for a day it cannot be put in again. */
export async function revokeFeature(app: App, row: CollectionRow, item: CollectionItemRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('collection_item')
      .set({ state: 'revoked', updated_at: tx.now() })
      .where('id', '=', item.id)
      .execute()
    await tellLeft(tx, row, item)
  })
}

const tellLeft = (tx: App, row: CollectionRow, item: CollectionItemRow) =>
  tx.emit(leftCollection, { collectionId: row.id, accountId: row.account_id, targetIds: [item.account_id] })
