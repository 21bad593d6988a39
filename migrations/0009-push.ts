import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Web Push subscriptions. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
