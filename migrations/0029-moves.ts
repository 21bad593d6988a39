import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns } from '../src/platform/database/schema.ts'

/** When an account last moved: nobody is sent after it twice in a short time. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'account', { moved_at: 'int?' })
}
