import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns } from '../src/platform/database/schema.ts'

/**
 * What else a status can carry. The links stand on the row itself, so that a page of statuses asks for polls,
 * quotes and cards only when one of its rows has any.
 */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'status', {
    poll_id: 'int?',
    quote_id: 'int?',
    card_id: 'int?',
    local_only: 'int=0',
    quote_policy: 'text?',
    quotes_count: 'int=0',
  })
}
