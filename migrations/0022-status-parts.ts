import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns } from '../src/platform/database/schema.ts'

/** What a status has besides its words, so that a page does not look for what is not there; null for older ones. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'status', { parts: 'int?' })
}
