import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What a status quotes, and whether whoever is quoted agreed. `status.quote_id` leads here. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'quote', {
    id: 'key',
    status_id: 'int',
    account_id: 'int',
    quoted_id: 'int?',
    quoted_account_id: 'int?',
    quoted_uri: 'text?',
    state: 'text',
    legacy: 'int=0',
    approval_uri: 'text?',
    request_uri: 'text?',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'quote', ['status_id'], { unique: true })
  await createIndex(db, 'quote', ['quoted_id', 'id'], { where: 'quoted_id is not null' })
  await createIndex(db, 'quote', ['approval_uri'], { where: 'approval_uri is not null' })
}
