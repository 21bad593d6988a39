import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/** When keys were asked for in vain, how hosts want requests signed, relays and what came through them. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'account_key', { asked_at: 'int?' })
  await createTable(db, dialect, 'signing_style', { host: 'text', style: 'text', updated_at: 'int' }, [
    'host',
  ])
  await createTable(db, dialect, 'relay', {
    id: 'key',
    domain_id: 'int',
    kind: 'text',
    url: 'text',
    inbox_url: 'text?',
    actor_uri: 'text?',
    follow_uri: 'text',
    state: 'text',
    only_followed: 'int=1',
    languages: 'text=[]',
    with_replies: 'int=0',
    with_bots: 'int=0',
    per_minute: 'int=30',
    kept: 'int=0',
    dropped: 'int=0',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'relay', ['url'], { unique: true })
  await createIndex(db, 'relay', ['follow_uri'], { unique: true })
  await createTable(db, dialect, 'relayed', {
    status_id: 'key',
    relay_id: 'int',
    bytes: 'int=0',
    created_at: 'int',
  })
  await createIndex(db, 'relayed', ['created_at', 'status_id'])
}
