import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What other servers say they run. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(
    db,
    dialect,
    'host_info',
    { host: 'text', software: 'text', version: 'text', asked_at: 'int' },
    ['host'],
  )
  await createIndex(db, 'host_info', ['asked_at'])
}
