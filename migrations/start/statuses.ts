import type { Kysely } from 'kysely'
import type { Dialect } from '../../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../../src/platform/database/schema.ts'

/** Posts with mentions, tags, versions and attachments. */
export async function createStatuses(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'status', {
    id: 'key',
    uri: 'text',
    url: 'text?',
    account_id: 'int',
    domain_id: 'int?',
    visibility: 'text',
    content: 'text=',
    source: 'text?',
    content_type: 'text=text/plain',
    spoiler_text: 'text=',
    sensitive: 'int=0',
    language: 'text?',
    in_reply_to_id: 'int?',
    in_reply_to_account_id: 'int?',
    in_reply_to_uri: 'text?',
    conversation_id: 'int?',
    reblog_of_id: 'int?',
    application_id: 'int?',
    replies_count: 'int=0',
    reblogs_count: 'int=0',
    favourites_count: 'int=0',
    created_at: 'int',
    edited_at: 'int?',
  })
  await createIndex(db, 'status', ['uri'], { unique: true })
  await createIndex(db, 'status', ['account_id', 'id'])
  await createIndex(db, 'status', ['in_reply_to_id', 'id'], { where: 'in_reply_to_id is not null' })
  await createIndex(db, 'status', ['in_reply_to_uri'], { where: 'in_reply_to_uri is not null' })
  await createIndex(db, 'status', ['reblog_of_id', 'account_id'], {
    unique: true,
    where: 'reblog_of_id is not null',
  })
  await createIndex(db, 'status', ['conversation_id'], { where: 'conversation_id is not null' })
  await createIndex(db, 'status', ['id'], {
    name: 'status_public',
    where: "visibility = 'public' and reblog_of_id is null",
  })
  await createIndex(db, 'status', ['domain_id', 'id'], {
    name: 'status_local',
    where: "domain_id is not null and visibility = 'public' and reblog_of_id is null",
  })
  await createTable(db, dialect, 'conversation', { id: 'key', uri: 'text?', created_at: 'int' })
  await createIndex(db, 'conversation', ['uri'], { unique: true, where: 'uri is not null' })
  await createTable(db, dialect, 'mention', { status_id: 'int', account_id: 'int', silent: 'int=0' }, [
    'status_id',
    'account_id',
  ])
  await createIndex(db, 'mention', ['account_id', 'status_id'])
  await createTable(db, dialect, 'status_edit', {
    id: 'key',
    status_id: 'int',
    content: 'text',
    source: 'text?',
    spoiler_text: 'text=',
    sensitive: 'int=0',
    created_at: 'int',
  })
  await createIndex(db, 'status_edit', ['status_id', 'id'])
  await createTable(db, dialect, 'tag', { id: 'key', name: 'text', display_name: 'text', created_at: 'int' })
  await createIndex(db, 'tag', ['name'], { unique: true })
  await createTable(db, dialect, 'status_tag', { tag_id: 'int', status_id: 'int' }, ['tag_id', 'status_id'])
  await createIndex(db, 'status_tag', ['status_id'])
  await createTable(db, dialect, 'media', {
    id: 'key',
    account_id: 'int',
    status_id: 'int?',
    position: 'int=0',
    kind: 'text',
    mime: 'text',
    remote_url: 'text?',
    file_key: 'text?',
    preview_key: 'text?',
    blurhash: 'text?',
    description: 'text?',
    meta: 'text={}',
    created_at: 'int',
  })
  await createIndex(db, 'media', ['status_id'], { where: 'status_id is not null' })
  await createTable(
    db,
    dialect,
    'blob',
    { key: 'text', hash: 'text', size: 'int', mime: 'text', created_at: 'int' },
    ['key'],
  )
  await createIndex(db, 'blob', ['hash'])
}

/** Favourites, bookmarks, tombstones, idempotency keys. */
export async function createMarks(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'favourite', {
    id: 'key',
    account_id: 'int',
    status_id: 'int',
    uri: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'favourite', ['account_id', 'status_id'], { unique: true })
  await createIndex(db, 'favourite', ['status_id', 'id'])
  await createIndex(db, 'favourite', ['uri'])
  await createTable(db, dialect, 'bookmark', {
    id: 'key',
    account_id: 'int',
    status_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'bookmark', ['account_id', 'status_id'], { unique: true })
  await createIndex(db, 'bookmark', ['status_id'])
  await createTable(
    db,
    dialect,
    'tombstone',
    { uri: 'text', actor_uri: 'text', local: 'int=0', created_at: 'int' },
    ['uri', 'actor_uri'],
  )
  await createTable(
    db,
    dialect,
    'idempotency',
    { account_id: 'int', key: 'text', status_id: 'int', created_at: 'int' },
    ['account_id', 'key'],
  )
  await createIndex(db, 'idempotency', ['created_at'])
}

/** Notifications and markers. */
export async function createReading(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'notification', {
    id: 'key',
    account_id: 'int',
    from_account_id: 'int',
    type: 'text',
    status_id: 'int?',
    group_key: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'notification', ['account_id', 'id'])
  await createIndex(db, 'notification', ['status_id'], { where: 'status_id is not null' })
  await createIndex(db, 'notification', ['account_id', 'from_account_id', 'type', 'status_id'], {
    name: 'notification_once',
  })
  await createTable(
    db,
    dialect,
    'marker',
    { account_id: 'int', timeline: 'text', last_read_id: 'text', version: 'int', updated_at: 'int' },
    ['account_id', 'timeline'],
  )
}
