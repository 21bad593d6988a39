import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Uploads on their way, copies of remote media and the byte budget. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
