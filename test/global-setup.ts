import type { Postgres } from './postgres.ts'
import { postgresVariable, startPostgres } from './postgres.ts'

let postgres: Postgres | undefined

/** Runs once before all test files: one PostgreSQL for the whole run, its address in the environment. */
export async function globalSetup(): Promise<void> {
  if (process.env[postgresVariable] !== undefined) return
  postgres = await startPostgres()
  process.env[postgresVariable] = postgres.url
}

/** Runs once after all test files. */
export async function globalTeardown(): Promise<void> {
  await postgres?.stop()
}
