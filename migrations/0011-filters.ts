import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What members do not want to read. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'custom_filter', {
    id: 'key',
    account_id: 'int',
    title: 'text',
    context: 'text',
    action: 'text=warn',
    expires_at: 'int?',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'custom_filter', ['account_id', 'id'])
  await createTable(db, dialect, 'filter_keyword', {
    id: 'key',
    filter_id: 'int',
    keyword: 'text',
    whole_word: 'int=1',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'filter_keyword', ['filter_id', 'id'])
  await createTable(db, dialect, 'filter_status', {
    id: 'key',
    filter_id: 'int',
    status_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'filter_status', ['filter_id', 'status_id'], { unique: true })
  await createIndex(db, 'filter_status', ['status_id'])
}
