import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns } from '../src/platform/database/schema.ts'

/** Links that confirm a mail address lie beside those that let choose a password. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'recovery', { email: 'text?' })
}
