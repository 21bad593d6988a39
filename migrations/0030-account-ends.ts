import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/** What the staff does about accounts, what it told them, and accounts that ended. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'account', {
    sensitized_at: 'int?',
    deleted_at: 'int?',
    suspended_there: 'int=0',
  })
  await createTable(db, dialect, 'warning', {
    id: 'key',
    account_id: 'int?',
    target_id: 'int',
    report_id: 'int?',
    action: 'text',
    text: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'warning', ['target_id', 'id'])
}
