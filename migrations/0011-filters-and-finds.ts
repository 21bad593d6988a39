import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** Filters and announcements. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createFilters(db, dialect)
  await createTable(db, dialect, 'announcement', {
    id: 'key',
    domain_id: 'int',
    text: 'text',
    all_day: 'int=0',
    starts_at: 'int?',
    ends_at: 'int?',
    scheduled_at: 'int?',
    published_at: 'int?',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'announcement', ['domain_id', 'published_at'])
  await createIndex(db, 'announcement', ['scheduled_at'], { where: 'scheduled_at is not null' })
  await createTable(db, dialect, 'announcement_reaction', {
    id: 'key',
    announcement_id: 'int',
    account_id: 'int',
    name: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'announcement_reaction', ['announcement_id', 'account_id', 'name'], {
    unique: true,
    name: 'announcement_reaction_once',
  })
  await createIndex(db, 'announcement_reaction', ['announcement_id', 'name'])
  await createTable(
    db,
    dialect,
    'announcement_read',
    { announcement_id: 'int', account_id: 'int', created_at: 'int' },
    ['announcement_id', 'account_id'],
  )
}

async function createFilters(db: Kysely<never>, dialect: Dialect) {
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
