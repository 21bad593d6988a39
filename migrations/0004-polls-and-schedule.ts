import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/** Polls and votes, scheduled statuses, pins, muted conversations, richer edit history. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createPolls(db, dialect)
  await createSchedule(db, dialect)
  await createTable(db, dialect, 'status_pin', {
    id: 'key',
    account_id: 'int',
    status_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'status_pin', ['account_id', 'status_id'], { unique: true })
  await createIndex(db, 'status_pin', ['status_id'])
  await createTable(
    db,
    dialect,
    'conversation_mute',
    { account_id: 'int', conversation_id: 'int', created_at: 'int' },
    ['account_id', 'conversation_id'],
  )
  await createIndex(db, 'conversation_mute', ['conversation_id'])
  await addColumns(db, dialect, 'status_edit', { media: 'text?', poll: 'text?' })
  // Earlier versions of a post go on showing what an edit took off it.
  await addColumns(db, dialect, 'media', { left_status_id: 'int?' })
  await createIndex(db, 'media', ['left_status_id'], { where: 'left_status_id is not null' })
}

async function createPolls(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'poll', {
    id: 'key',
    status_id: 'int',
    account_id: 'int',
    multiple: 'int=0',
    hide_totals: 'int=0',
    options: 'text',
    votes_count: 'int=0',
    voters_count: 'int?',
    expires_at: 'int?',
    ended_at: 'int?',
    fetched_at: 'int?',
  })
  await createIndex(db, 'poll', ['status_id'])
  await createTable(db, dialect, 'poll_vote', {
    id: 'key',
    poll_id: 'int',
    account_id: 'int',
    choice: 'int',
    uri: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'poll_vote', ['poll_id', 'account_id', 'choice'], { unique: true })
  await createIndex(db, 'poll_vote', ['account_id'])
}

async function createSchedule(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'scheduled_status', {
    id: 'key',
    account_id: 'int',
    application_id: 'int?',
    params: 'text',
    scheduled_at: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'scheduled_status', ['account_id', 'id'])
  await createIndex(db, 'scheduled_status', ['scheduled_at'])
  await addColumns(db, dialect, 'idempotency', { scheduled_id: 'int?' })
}
