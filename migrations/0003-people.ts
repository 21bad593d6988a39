import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** What one account keeps about another: notes, endorsements, domain blocks, severed follows, reports. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
