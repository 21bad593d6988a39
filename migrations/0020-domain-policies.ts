import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What the keepers decided about other servers. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'domain_policy', {
    id: 'key',
    domain: 'text',
    severity: 'text',
    reject_media: 'int=0',
    reject_reports: 'int=0',
    obfuscate: 'int=0',
    private_comment: 'text=',
    public_comment: 'text=',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'domain_policy', ['domain'], { unique: true })
  await createTable(db, dialect, 'domain_allow', { id: 'key', domain: 'text', created_at: 'int' })
  await createIndex(db, 'domain_allow', ['domain'], { unique: true })
}
