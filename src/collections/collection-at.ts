import { accountById } from '#accounts/accounts.ts'
import type { App, Reader } from '#app.ts'
import { readId } from '#platform/ids.ts'
import type { CollectionRow } from './collections.ts'
import { collectionById } from './collections.ts'
import { collectionUri } from './present-collection.ts'
import { mayRead } from './visibility.ts'

/** The collection at this address, if there is one that the reader may see; none for any other text. */
export async function collectionsAt(
  app: App,
  reader: Reader,
  typed: string | undefined,
): Promise<CollectionRow[]> {
  const address = typed?.trim() ?? ''
  const id = readId(/^https?:\/\/\S+\/collections\/(\d+)$/.exec(address)?.[1])
  const row = id === null ? undefined : await collectionById(app, id)
  const owner = row && (await accountById(app, row.account_id))
  if (!owner || collectionUri(owner, row) !== address) return []
  return (await mayRead(app, owner, reader.account)) ? [row] : []
}
