import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'

/** Polls and votes, scheduled statuses, pins, muted conversations, richer edit history. */
export async function up(_db: Kysely<never>, _dialect: Dialect): Promise<void> {}
