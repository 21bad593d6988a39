import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What the keeper tells everybody, who put it away, and who reacted how. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'announcement', {
    id: 'key',
    domain_id: 'int',
    text: 'text',
    starts_at: 'int?',
    ends_at: 'int?',
    all_day: 'int=0',
    published_at: 'int?',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'announcement', ['domain_id', 'id'])
  await createTable(
    db,
    dialect,
    'announcement_read',
    { account_id: 'int', announcement_id: 'int', created_at: 'int' },
    ['account_id', 'announcement_id'],
  )
  await createTable(db, dialect, 'announcement_reaction', {
    id: 'key',
    announcement_id: 'int',
    account_id: 'int',
    name: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'announcement_reaction', ['announcement_id', 'name', 'account_id'], {
    unique: true,
    name: 'announcement_reaction_once',
  })
}
