import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { favouriteUndone, statusFavourited } from '#happenings.ts'
import { lower } from './delete-status.ts'
import type { FavouriteRow, StatusRow } from './statuses.ts'

type Foreign = { uri: string } | null
/** The emoji a favourite is given with; custom ones by their row. */
export type Face = { name: string; emojiId: number | null }

/** Marks a status as a favourite, once; `foreign` is the Like that came from elsewhere. */
export async function favourite(
  app: App,
  account: AccountRow,
  status: StatusRow,
  foreign: Foreign = null,
  face: Face | null = null,
): Promise<FavouriteRow> {
  return app.inTransaction(async (tx) => {
    const known = await favouriteOf(tx, account.id, status.id)
    if (known) return turn(tx, known, face, foreign)
    const id = tx.newId()
    const row: FavouriteRow = {
      id,
      account_id: account.id,
      status_id: status.id,
      uri: foreign?.uri ?? `${account.uri}#likes/${id}`,
      reaction: face?.name ?? null,
      emoji_id: face?.emojiId ?? null,
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
      .set((each) => ({
        favourites_count: each('favourites_count', '+', 1),
        ...(face ? { reactions_count: each('reactions_count', '+', 1) } : {}),
      }))
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

/** Gives a favourite that stands another face; the same, or none, changes nothing. */
async function turn(
  tx: App,
  known: FavouriteRow,
  face: Face | null,
  foreign: Foreign,
): Promise<FavouriteRow> {
  if (face === null || known.reaction === face.name) return known
  // Another activity than before: who heard of the first must not take this one for it.
  const uri = foreign?.uri ?? known.uri.replace(/\d+$/, String(tx.newId()))
  const changed = { reaction: face.name, emoji_id: face.emojiId, uri }
  await tx.db.updateTable('favourite').set(changed).where('id', '=', known.id).execute()
  if (known.reaction === null) await raiseReactions(tx, known.status_id)
  const { id: favouriteId, status_id: statusId, account_id: accountId } = known
  if (foreign === null) await tx.emit(statusFavourited, { favouriteId, statusId, accountId, origin: 'here' })
  return { ...known, ...changed }
}

async function raiseReactions(tx: App, statusId: number): Promise<void> {
  await tx.db
    .updateTable('status')
    .set((each) => ({ reactions_count: each('reactions_count', '+', 1) }))
    .where('id', '=', statusId)
    .execute()
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
    if (known.reaction !== null) await lower(tx, status.id, 'reactions_count')
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
