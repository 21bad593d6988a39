import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Full text of statuses and accounts. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
