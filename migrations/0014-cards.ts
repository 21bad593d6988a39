import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** What pages elsewhere say of themselves, one row an address, and what is talked about lately. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createTable(db, dialect, 'card', {
    id: 'key',
    url: 'text',
    kind: 'text=link',
    title: 'text=',
    description: 'text=',
    language: 'text?',
    provider_name: 'text=',
    provider_url: 'text=',
    author_name: 'text=',
    author_url: 'text=',
    author_account_id: 'int?',
    embed_url: 'text=',
    width: 'int=0',
    height: 'int=0',
    image_url: 'text?',
    image_description: 'text=',
    published_at: 'int?',
    is_empty: 'int=0',
    fetched_at: 'int',
  })
  await createIndex(db, 'card', ['url'], { unique: true })
  await createIndex(db, 'status', ['card_id', 'id'], { where: 'card_id is not null' })
  await createTable(db, dialect, 'trend', { kind: 'text', subject_id: 'int', score: 'int', at: 'int' }, [
    'kind',
    'subject_id',
  ])
  await createIndex(db, 'trend', ['kind', 'score'])
}
