import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/** Uploads on their way, copies of remote media and the byte budget. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'media', {
    state: 'text=ready',
    fault: 'text?',
    source_key: 'text?',
    preview_url: 'text?',
    scheduled_id: 'int?',
    unattached_at: 'int?',
  })
  await createIndex(db, 'media', ['unattached_at'], { where: 'unattached_at is not null' })
  await createTable(
    db,
    dialect,
    'remote_file',
    {
      name: 'text',
      media_id: 'int?',
      host: 'text',
      file_key: 'text?',
      size: 'int=0',
      pinned: 'int=0',
      used_at: 'int',
      retry_at: 'int?',
      created_at: 'int',
    },
    ['name'],
  )
  await createIndex(db, 'remote_file', ['pinned', 'used_at'], { where: 'file_key is not null' })
  await createIndex(db, 'remote_file', ['media_id'], { where: 'media_id is not null' })
  await createIndex(db, 'remote_file', ['retry_at'], { where: 'retry_at is not null' })
  await createTable(db, dialect, 'byte_total', { name: 'text', bytes: 'int=0' }, ['name'])
}
