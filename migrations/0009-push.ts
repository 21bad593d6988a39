import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** Web Push subscriptions, and work that a client may ask about while it goes on. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'push_subscription', {
    id: 'key',
    user_id: 'int',
    account_id: 'int',
    token_id: 'int?',
    session_id: 'int?',
    sealed_token: 'text?',
    endpoint: 'text',
    p256dh: 'text',
    auth: 'text',
    standard: 'int=0',
    policy: 'text=all',
    alerts: 'text={}',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'push_subscription', ['token_id'], {
    unique: true,
    where: 'token_id is not null',
  })
  await createIndex(db, 'push_subscription', ['session_id'], {
    unique: true,
    where: 'session_id is not null',
  })
  await createIndex(db, 'push_subscription', ['account_id'])
  await createIndex(db, 'push_subscription', ['user_id'])
  await createTable(db, dialect, 'async_refresh', {
    id: 'key',
    subject: 'text',
    finished_at: 'int?',
    result_count: 'int=0',
    created_at: 'int',
  })
  await createIndex(db, 'async_refresh', ['subject', 'id'])
  await createIndex(db, 'async_refresh', ['created_at'])
}
