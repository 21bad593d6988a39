import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Quotes and their consent, preview cards, translations. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
