import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex } from '../src/platform/database/schema.ts'

/** Tokens that live as long as the browser session they were made for. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'token', { session_id: 'int?' })
  await createIndex(db, 'token', ['session_id'], { unique: true, where: 'session_id is not null' })
}
