import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex } from '../src/platform/database/schema.ts'

/**
 * What a job suffered from its host is counted apart from what it suffered from crashes, and the few that were
 * running at several crashes are found without reading the others; so are the few followers who asked to be told.
 */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'job', { lane_failures: 'int=0' })
  await createIndex(db, 'job', ['crashes', 'id'], { name: 'job_suspect', where: 'crashes >= 2' })
  await createIndex(db, 'follow', ['target_id'], { name: 'follow_notify', where: 'notify = 1' })
}
