import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** How many arrivals are kept for readers to catch up with; a reader further behind begins anew. */
const KEPT = 4096

/**
 * Who wrote when, small enough to be read in passing, and a log of what was added lately: by it a process keeps
 * the order in memory and never misses a status, whoever stored it. Only where commits cannot overtake each other.
 */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  if (!dialect.visibleInOrder) return
  await createIndex(db, 'status', ['id', 'account_id'], { name: 'status_writers' })
  await createTable(db, dialect, 'arrival', { seq: 'key', status_id: 'int', account_id: 'int' })
  await sql`create trigger status_arrived after insert on status begin
    insert into arrival (status_id, account_id) values (new.id, new.account_id); end`.execute(db)
  await sql`create trigger arrival_kept after insert on arrival when new.seq % 256 = 0 begin
    delete from arrival where seq <= new.seq - ${sql.raw(String(KEPT))}; end`.execute(db)
}
