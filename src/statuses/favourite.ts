import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { favouriteUndone, statusFavourited } from '#happenings.ts'
import { lower } from './delete-status.ts'
import type { FavouriteRow, StatusRow } from './statuses.ts'

type Foreign = { uri: string } | null

/** Marks a status as a favourite, once; `foreign` is the Like that came from elsewhere. */
export async function favourite(
  app: App,
  account: AccountRow,
  status: StatusRow,
  foreign: Foreign = null,
): Promise<FavouriteRow> {
  return app.inTransaction(async (tx) => {
    const known = await favouriteOf(tx, account.id, status.id)
    if (known) return known
    const id = tx.newId()
    const row: FavouriteRow = {
      id,
      account_id: account.id,
      status_id: status.id,
      uri: foreign?.uri ?? `${account.uri}#likes/${id}`,
      created_at: tx.now(),
    }
    const added = await tx.db
      .insertInto('favourite')
      .values(row)
      .onConflict((clash) => clash.columns(['account_id', 'status_id']).doNothing())
      .executeTakeFirst()
    if (added.numInsertedOrUpdatedRows === 0n) return row
    await tx.db
      .updateTable('status')
      .set((each) => ({ favourites_count: each('favourites_count', '+', 1) }))
      .where('id', '=', status.id)
      .execute()
    await tx.emit(statusFavourited, {
      favouriteId: id,
      statusId: status.id,
      accountId: account.id,
      origin: foreign ? 'elsewhere' : 'here',
    })
    return row
  })
}

/** Takes the mark away again; does nothing when there is none. */
export async function unfavourite(
  app: App,
  account: AccountRow,
  status: StatusRow,
  origin: 'here' | 'elsewhere' = 'here',
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const known = await favouriteOf(tx, account.id, status.id)
    if (!known) return
    await tx.db.deleteFrom('favourite').where('id', '=', known.id).execute()
    await lower(tx, status.id, 'favourites_count')
    await tx.emit(favouriteUndone, { statusId: status.id, accountId: account.id, uri: known.uri, origin })
  })
}

/** The mark of an account on a status, or undefined. */
export async function favouriteOf(
  app: App,
  accountId: number,
  statusId: number,
): Promise<FavouriteRow | undefined> {
  return app.db
    .selectFrom('favourite')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('status_id', '=', statusId)
    .executeTakeFirst()
}
