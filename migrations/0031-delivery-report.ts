import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What became of posts on their way: how many servers have one, and which refused it or were given up. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'outgoing_report', {
    ref: 'key',
    subject: 'int',
    reached: 'int=0',
    created_at: 'int',
  })
  await createIndex(db, 'outgoing_report', ['subject'])
  await createIndex(db, 'outgoing_report', ['created_at'])
  await createTable(
    db,
    dialect,
    'outgoing_failure',
    { ref: 'int', lane: 'text', reason: 'text', at: 'int' },
    ['ref', 'lane'],
  )
  await createIndex(db, 'outgoing_failure', ['at'])
  await createIndex(db, 'job', ['ref'], { name: 'job_ref', where: 'ref is not null' })
}
