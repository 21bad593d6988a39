import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Lists, followed tags, direct conversations. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
