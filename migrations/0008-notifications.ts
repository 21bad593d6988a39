import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/**
 * Policies, requests, permissions and groups of notifications. `newest` marks the one row of a group that stands
 * for it, so that a page of groups is a walk along an index; the trigger passes the mark on when that row goes,
 * whoever removes it.
 */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'notification', {
    filtered: 'int=0',
    newest: 'int=1',
    collection_id: 'int?',
    warning_id: 'int?',
  })
  await createIndex(db, 'notification', ['account_id', 'group_key', 'id'])
  await createIndex(db, 'notification', ['from_account_id'])
  // The kind stands in the index, so that a walk for a rare one reads no rows that it passes over.
  await db.schema.dropIndex('notification_account_id_id').execute()
  await createIndex(db, 'notification', ['account_id', 'id', 'type', 'filtered'], {
    name: 'notification_all',
  })
  await createIndex(db, 'notification', ['account_id', 'id', 'type'], {
    name: 'notification_groups',
    where: 'newest = 1 and filtered = 0',
  })
  await sql`update notification set newest = 0 where exists (
    select 1 from notification later where later.account_id = notification.account_id
      and later.group_key = notification.group_key and later.id > notification.id)`.execute(db)
  await dialect.afterDelete(
    db,
    'notification',
    "old.newest = 1 and old.group_key not like 'ungrouped-%'",
    `update notification set newest = 1 where id = (
      select max(id) from notification where account_id = old.account_id and group_key = old.group_key)`,
  )
  await createJudgement(db, dialect)
}

async function createJudgement(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'notification_policy', {
    account_id: 'key',
    for_not_following: 'text=accept',
    for_not_followers: 'text=accept',
    for_new_accounts: 'text=accept',
    for_private_mentions: 'text=filter',
    for_limited_accounts: 'text=filter',
    for_bots: 'text=accept',
  })
  const pair = { account_id: 'int', from_account_id: 'int', created_at: 'int' } as const
  await createTable(db, dialect, 'notification_permission', pair, ['account_id', 'from_account_id'])
  await createIndex(db, 'notification_permission', ['from_account_id'])
  await createTable(db, dialect, 'notification_merge', pair, ['account_id', 'from_account_id'])
  await createIndex(db, 'notification_merge', ['from_account_id'])
  await createTable(db, dialect, 'notification_request', {
    id: 'key',
    account_id: 'int',
    from_account_id: 'int',
    last_status_id: 'int?',
    notifications_count: 'int=0',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'notification_request', ['account_id', 'from_account_id'], { unique: true })
  await createIndex(db, 'notification_request', ['account_id', 'id'])
  await createIndex(db, 'notification_request', ['from_account_id'])
  await createIndex(db, 'notification_request', ['last_status_id'])
}
