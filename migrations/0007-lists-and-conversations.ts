import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** Lists, followed tags, direct conversations. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createLists(db, dialect)
  await createTable(db, dialect, 'tag_follow', {
    id: 'key',
    account_id: 'int',
    tag_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'tag_follow', ['account_id', 'tag_id'], { unique: true })
  await createIndex(db, 'tag_follow', ['tag_id', 'account_id'])
  await createTable(db, dialect, 'account_conversation', {
    id: 'key',
    account_id: 'int',
    conversation_id: 'int',
    participants: 'text',
    last_status_id: 'int',
    unread: 'int=0',
    updated_at: 'int',
  })
  await createIndex(db, 'account_conversation', ['account_id', 'conversation_id', 'participants'], {
    unique: true,
    name: 'account_conversation_once',
  })
  await createIndex(db, 'account_conversation', ['account_id', 'last_status_id'])
  await createIndex(db, 'account_conversation', ['last_status_id'])
}

async function createLists(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'list', {
    id: 'key',
    account_id: 'int',
    title: 'text',
    replies_policy: 'text=list',
    exclusive: 'int=0',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'list', ['account_id', 'id'])
  await createTable(db, dialect, 'list_member', {
    id: 'key',
    list_id: 'int',
    owner_id: 'int',
    account_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'list_member', ['list_id', 'account_id'], { unique: true })
  await createIndex(db, 'list_member', ['list_id', 'id'])
  await createIndex(db, 'list_member', ['owner_id', 'account_id'])
  await createIndex(db, 'list_member', ['account_id'])
}
