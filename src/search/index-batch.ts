import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { accountEntries } from './account-entries.ts'
import type { SearchTodoRow } from './search-index.ts'
import { ACCOUNTS, forgetTodo, STATUSES } from './search-index.ts'
import { statusEntries } from './status-entries.ts'

/** Rows indexed in one transaction: a few hundredths of a second of the one writer. */
export const BATCH = 200

const present = (table: 'status' | 'account') =>
  prepared<{ ids: readonly number[] }, { id: number }>(
    (_, { ids }, dialect) =>
      sql<{ id: number }>`select id from ${sql.table(table)} where ${dialect.among(sql`id`, ids)}`,
  )
const statusesPresent = present('status')
const accountsPresent = present('account')

/**
 * Brings the index of these statuses up to date. The texts are read before the transaction; what changes
 * meanwhile is on the list again, and what is deleted meanwhile stays out.
 */
export async function indexStatuses(app: App, ids: readonly number[], done: readonly SearchTodoRow[] = []) {
  const entries = await statusEntries(app, ids)
  await app.inTransaction(async (tx) => {
    const there = new Set((await statusesPresent(tx, { ids })).map((row) => row.id))
    const kept = entries.filter((entry) => there.has(entry.id))
    await replace(tx, STATUSES, ids, kept)
    await forgetTodo(tx, done)
  })
}

/** Brings the index of these accounts up to date; tells which authors' consent is not what their statuses were indexed by. */
export async function indexAccounts(
  app: App,
  ids: readonly number[],
  done: readonly SearchTodoRow[] = [],
): Promise<number[]> {
  const entries = await accountEntries(app, ids)
  return app.inTransaction(async (tx) => {
    const there = new Set((await accountsPresent(tx, { ids })).map((row) => row.id))
    await replace(
      tx,
      ACCOUNTS,
      ids,
      entries.filter((entry) => there.has(entry.id)),
    )
    await forgetTodo(tx, done)
    return changedConsent(tx, ids)
  })
}

async function replace(
  tx: App,
  table: string,
  ids: readonly number[],
  entries: Awaited<ReturnType<typeof statusEntries>>,
) {
  const kept = new Set(entries.map((entry) => entry.id))
  const gone = ids.filter((id) => !kept.has(id))
  if (gone.length > 0) await tx.dialect.fullText.drop(table, gone).execute(tx.db)
  if (entries.length > 0) await tx.dialect.fullText.put(table, entries).execute(tx.db)
}

const consents = prepared<{ ids: readonly number[] }, { id: number; agrees: number; indexed: number | null }>(
  (_, { ids }, dialect) =>
    sql<{ id: number; agrees: number; indexed: number | null }>`
      select a.id as id, a.indexable as agrees, x.account_id as indexed from account a
      left join search_author x on x.account_id = a.id where ${dialect.among(sql`a.id`, ids)}`,
)

/** Remembers who agrees to be found, and gives those whose statuses must be gone through because of it. */
async function changedConsent(tx: App, ids: readonly number[]): Promise<number[]> {
  const rows = await consents(tx, { ids })
  const agreed = rows.filter((row) => row.agrees === 1 && row.indexed === null).map((row) => row.id)
  const withdrawn = rows.filter((row) => row.agrees !== 1 && row.indexed !== null).map((row) => row.id)
  if (agreed.length > 0) {
    const values = agreed.map((account_id) => ({ account_id }))
    await tx.db
      .insertInto('search_author')
      .values(values)
      .onConflict((clash) => clash.doNothing())
      .execute()
  }
  if (withdrawn.length > 0)
    await tx.db.deleteFrom('search_author').where('account_id', 'in', withdrawn).execute()
  return [...agreed, ...withdrawn]
}
