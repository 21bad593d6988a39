import type { App } from '#app.ts'
import { leftCollection } from '#happenings.ts'
import { now } from '#platform/jobs/declare.ts'

type Item = { id: number; collection_id: number; account_id: number; owner_id: number }

/** Rows that are looked at in one go: what one member collected, and that of which they are a part. */
const itemsWithOwner = (tx: App) =>
  tx.db
    .selectFrom('collection_item')
    .innerJoin('collection', 'collection.id', 'collection_item.collection_id')
    .select(['collection_item.id', 'collection_item.collection_id', 'collection_item.account_id'])
    .select('collection.account_id as owner_id')

async function drop(tx: App, items: readonly Item[]): Promise<void> {
  for (const item of items) {
    await tx.db.deleteFrom('collection_item').where('id', '=', item.id).execute()
    const left = { collectionId: item.collection_id, accountId: item.owner_id, targetIds: [item.account_id] }
    await tx.emit(leftCollection, left)
  }
}

/** Neither of two whom a block keeps apart shows the other in a collection. */
export const dropApart = now({
  name: 'take the blocked out of collections',
  async run(tx: App, { accountId, targetId }: { accountId: number; targetId: number }) {
    const shows = (owner: number, shown: number) =>
      itemsWithOwner(tx)
        .where('collection.account_id', '=', owner)
        .where('collection_item.account_id', '=', shown)
        .execute()
    await drop(tx, [...(await shows(accountId, targetId)), ...(await shows(targetId, accountId))])
  },
})

/** The collections of an account that is gone go with it, and it is in nobody's any more. */
export const dropCollector = now({
  name: 'drop the collections of a deleted account',
  async run(tx: App, { accountId }: { accountId: number }) {
    await drop(tx, await itemsWithOwner(tx).where('collection_item.account_id', '=', accountId).execute())
    await drop(tx, await itemsWithOwner(tx).where('collection.account_id', '=', accountId).execute())
    await tx.db.deleteFrom('collection').where('account_id', '=', accountId).execute()
  },
})
