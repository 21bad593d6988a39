import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createTable } from '../src/platform/database/schema.ts'

/** What is known of profiles elsewhere, who may do what to a post, and who makes ids. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'account', { featured_tags_url: 'text?', backfilled_at: 'int?' })
  await addColumns(db, dialect, 'status', { interaction_policy: 'text?' })
  await createTable(db, dialect, 'id_writer', { writer: 'key', holder: 'text', held_until: 'int' })
}
