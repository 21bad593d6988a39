import type { App } from '#app.ts'
import { isDuplicate } from '#platform/database/dialect.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import { invalid, notFound } from '#platform/errors.ts'
import type { Page } from '#platform/paging.ts'
import type { ListMemberRow, ListRow } from './lists.ts'

/** How many may be named in one request. */
export const MOST_AT_ONCE = 200

/** The whole of a list is shown up to here when no page is asked for. */
const MOST_SHOWN = 5000

/**
 * Puts accounts on a list: oneself, those whom the owner follows or asked to. All or none; throws `notFound` when
 * one of them is none of these, `invalid` when one is on it already.
 */
export async function addToList(app: App, list: ListRow, ids: readonly number[]): Promise<void> {
  const wanted = [...new Set(ids)].slice(0, MOST_AT_ONCE)
  if (wanted.length === 0) return
  try {
    await app.inTransaction(async (tx) => {
      const able = await ableToJoin(tx, list.account_id, wanted)
      if (wanted.some((id) => !able.has(id))) throw notFound()
      const base = { list_id: list.id, owner_id: list.account_id, created_at: tx.now() }
      const rows = wanted.map((account_id) => ({ id: tx.newId(), account_id, ...base }))
      await tx.db.insertInto('list_member').values(rows).execute()
    })
  } catch (error) {
    if (isDuplicate(error)) throw invalid('Validation failed: Account has already been taken')
    throw error
  }
}

async function ableToJoin(tx: App, owner: number, ids: number[]): Promise<Set<number>> {
  const rows = await tx.db
    .selectFrom('follow')
    .select('target_id')
    .where('account_id', '=', owner)
    .where('target_id', 'in', ids)
    .unionAll(
      tx.db
        .selectFrom('follow_request')
        .select('target_id')
        .where('account_id', '=', owner)
        .where('target_id', 'in', ids),
    )
    .execute()
  return new Set([owner, ...rows.map((row) => row.target_id)])
}

/** Takes accounts off a list; those who are not on it are passed over. */
export async function removeFromList(app: App, list: ListRow, ids: readonly number[]): Promise<void> {
  const gone = ids.slice(0, MOST_AT_ONCE)
  if (gone.length === 0) return
  await app.inTransaction((tx) =>
    tx.db
      .deleteFrom('list_member')
      .where('list_id', '=', list.id)
      .where('account_id', 'in', [...gone])
      .execute(),
  )
}

/** Takes an account off all lists of a member who no longer follows them, in the caller's transaction. */
export async function dropFromLists(tx: App, owner: number, accountId: number): Promise<void> {
  await tx.db
    .deleteFrom('list_member')
    .where('owner_id', '=', owner)
    .where('account_id', '=', accountId)
    .execute()
}

/** A page of who is on a list, newest first; all of them (5,000 at most) when no page is given. */
export async function listMembers(app: App, list: ListRow, page: Page | null): Promise<ListMemberRow[]> {
  const query = app.db.selectFrom('list_member').selectAll().where('list_id', '=', list.id)
  const everybody = { limit: MOST_SHOWN, maxId: null, sinceId: null, minId: null }
  return pageRows<ListMemberRow>(query, 'list_member.id', page ?? everybody)
}
