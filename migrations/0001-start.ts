import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createJobs } from './start/jobs.ts'
import { createAccounts, createAuth, createInstance, createRelationships } from './start/people.ts'
import { createMarks, createReading, createStatuses } from './start/statuses.ts'

/** The first schema: hosted domains, people, statuses, relations, notifications, jobs. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createInstance(db, dialect)
  await createAccounts(db, dialect)
  await createAuth(db, dialect)
  await createRelationships(db, dialect)
  await createStatuses(db, dialect)
  await createMarks(db, dialect)
  await createReading(db, dialect)
  await createJobs(db, dialect)
}
