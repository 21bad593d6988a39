import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** Archives of what members wrote, kept for a week. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'archive', {
    id: 'key',
    account_id: 'int',
    file_key: 'text?',
    size: 'int=0',
    created_at: 'int',
    ready_at: 'int?',
  })
  await createIndex(db, 'archive', ['account_id', 'id'])
  await createIndex(db, 'archive', ['created_at'])
}
