import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import type { App } from '#app.ts'
import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { blockExists, hostBlockExists } from '#relationships/relationships.ts'
import type { CollectionRow } from './collections.ts'
import { collectionsByIds } from './collections.ts'

type Reading = Pick<AccountRow, 'id' | 'host'> | null

/** Whether this reader may see what the owner collected: not when the owner is gone, or wants nothing of the reader. */
export async function mayRead(app: App, owner: AccountRow | undefined, reader: Reading): Promise<boolean> {
  if (!owner || owner.suspended_at !== null || !(await letIn(app, owner))) return false
  if (!reader || reader.id === owner.id) return true
  if (await blockExists(app, owner.id, reader.id)) return false
  return !(await hostBlockExists(app, owner.id, reader.host))
}

/** The collection of this id for a reader; throws `notFound` for none, and for one that they may not see. */
export async function readableCollection(app: App, reader: Reading, id: string): Promise<CollectionRow> {
  const row = await collectionNamed(app, id)
  if (!(await mayRead(app, await accountById(app, row.account_id), reader))) throw notFound()
  return row
}

/** The account's own collection of this id; throws `notFound` for nobody's and for other people's. */
export async function ownCollection(app: App, owner: { id: number }, id: string): Promise<CollectionRow> {
  const row = await collectionNamed(app, id)
  if (row.account_id !== owner.id) throw notFound()
  return row
}

async function collectionNamed(app: App, id: string): Promise<CollectionRow> {
  const number = readId(id)
  const row = number === null ? undefined : (await collectionsByIds(app, [number])).get(number)
  if (!row) throw notFound()
  return row
}
