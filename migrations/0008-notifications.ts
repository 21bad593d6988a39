import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Policies, requests, permissions and groups of notifications. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
