import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns } from '../src/platform/database/schema.ts'

/** How the pictures of preview cards look from far away. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'card', { blurhash: 'text?' })
}
