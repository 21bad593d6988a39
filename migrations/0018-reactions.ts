import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex } from '../src/platform/database/schema.ts'

/** A favourite may have a face: an emoji, one of ours or of another server. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await addColumns(db, dialect, 'favourite', { reaction: 'text?', emoji_id: 'int?' })
  await addColumns(db, dialect, 'status', { reactions_count: 'int=0' })
  await createIndex(db, 'favourite', ['status_id', 'reaction'], {
    name: 'favourite_reaction',
    where: 'reaction is not null',
  })
}
