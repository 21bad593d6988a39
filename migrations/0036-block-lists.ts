import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** Lists of blocks that keepers subscribed to, and what each says about which server. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'block_list', {
    id: 'key',
    url: 'text',
    name: 'text',
    bare: 'text=',
    state: 'text',
    error: 'text=',
    etag: 'text=',
    fetched_at: 'int',
    tried_at: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'block_list', ['url'], { unique: true })
  await createIndex(db, 'block_list', ['name'], { unique: true })
  await createTable(
    db,
    dialect,
    'block_list_row',
    {
      list_id: 'int',
      domain: 'text',
      severity: 'text',
      reject_media: 'int=0',
      reject_reports: 'int=0',
      obfuscate: 'int=0',
      public_comment: 'text=',
      state: 'text',
      is_gone: 'int=0',
      policy_id: 'int?',
      policy_at: 'int?',
    },
    ['list_id', 'domain'],
  )
}
