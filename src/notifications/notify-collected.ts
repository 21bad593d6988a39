import { sql } from 'kysely'
import { z } from 'zod'
import type { App } from '#app.ts'
import { collectionsByIds, itemsOf } from '#collections/collections.ts'
import { job, now } from '#platform/jobs/declare.ts'
import { tell } from './tell.ts'

const Id = z.number().int()

/** Tells a member that somebody shows them in a collection. */
export const notifyCollected = job({
  name: 'notify added to collection',
  queue: 'local',
  tries: 5,
  payload: z.object({ collectionId: Id, accountId: Id, targetId: Id }),
  async run(app, { collectionId, accountId, targetId }) {
    if (accountId === targetId || !(await membersOf(app, collectionId)).includes(targetId)) return
    const subject = { collection_id: collectionId }
    await tell(app, { to: targetId, from: accountId, type: 'added_to_collection', subject })
  },
})

/** Tells those in a collection that it is about something else now. */
export const notifyCollectionUpdated = job({
  name: 'notify collection updated',
  queue: 'local',
  tries: 5,
  payload: z.object({ collectionId: Id }),
  async run(app, { collectionId }) {
    const row = (await collectionsByIds(app, [collectionId])).get(collectionId)
    if (!row) return
    const subject = { collection_id: collectionId }
    for (const to of await membersOf(app, collectionId)) {
      if (to !== row.account_id)
        await tell(app, { to, from: row.account_id, type: 'collection_update', subject })
    }
  },
})

async function membersOf(app: App, collectionId: number): Promise<number[]> {
  const items = (await itemsOf(app, [collectionId])).get(collectionId) ?? []
  return items.flatMap((item) => (item.state === 'accepted' ? item.account_id : []))
}

/** What was told of a collection goes when one is not in it any more. */
export const forgetCollected = now({
  name: 'forget the notifications of a collection',
  async run(
    tx: App,
    { collectionId, accountId, targetIds }: { collectionId: number; accountId: number; targetIds: number[] },
  ) {
    if (targetIds.length === 0) return
    await tx.db
      .deleteFrom('notification')
      .where(tx.dialect.among(sql`account_id`, targetIds))
      .where('from_account_id', '=', accountId)
      .where('type', 'in', ['added_to_collection', 'collection_update'])
      .where('collection_id', '=', collectionId)
      .execute()
  },
})
