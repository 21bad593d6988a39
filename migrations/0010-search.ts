import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createTable } from '../src/platform/database/schema.ts'

/**
 * The indexes of statuses and accounts, empty: the worker fills them in small steps. `search_todo` names what is to
 * be indexed anew, `search_author` those whose public statuses are in the index because they agreed.
 */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await dialect.fullText.create(db, 'search_status')
  await dialect.fullText.create(db, 'search_account')
  await createTable(db, dialect, 'search_todo', { kind: 'text', id: 'int', stamp: 'int' }, ['kind', 'id'])
  await createTable(db, dialect, 'search_author', { account_id: 'key' })
  await addColumns(db, dialect, 'rule', { translations: 'text={}' })
}
