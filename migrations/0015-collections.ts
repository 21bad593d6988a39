import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/** Collections of accounts, what is in them, and how many a role allows. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'role', { collection_limit: 'int=10' })
  await createTable(db, dialect, 'collection', {
    id: 'key',
    account_id: 'int',
    name: 'text',
    description: 'text=',
    language: 'text?',
    sensitive: 'int=0',
    discoverable: 'int=0',
    tag_id: 'int?',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'collection', ['account_id', 'id'])
  await createTable(db, dialect, 'collection_item', {
    id: 'key',
    collection_id: 'int',
    account_id: 'int',
    state: 'text=accepted',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'collection_item', ['collection_id', 'account_id'], { unique: true })
  await createIndex(db, 'collection_item', ['account_id', 'id'])
  await createIndex(db, 'collection_item', ['updated_at'], {
    name: 'collection_item_revoked',
    where: "state = 'revoked'",
  })
}
