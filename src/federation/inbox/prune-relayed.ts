import { sql } from 'kysely'
import type { App } from '#app.ts'
import { DAY } from '#platform/times.ts'
import { deleteStatus } from '#statuses/delete-status.ts'
import { statusesByIds } from '#statuses/statuses.ts'
import { countDropped } from './relay-intake.ts'

const KEPT = 7 * DAY
/** What relays brought is never more than this, however long it was here. */
const MOST = { rows: 20_000, bytes: 100_000_000 }
const BATCH = 100
/** Bounds one run; the next one goes on. */
const MOST_AT_ONCE = 5000

type Counted = { n: number; bytes: number }

/**
 * Forgets posts that only a relay brought and nobody touched, after a week or, the oldest first, when there are too
 * many. What somebody marked, answered or boosted, or whose author is followed by now, stays like any other post.
 */
export async function pruneRelayed(app: App, most = MOST): Promise<void> {
  await countDropped(app)
  await letStay(app)
  const { rows } =
    await sql<Counted>`select count(*) as n, coalesce(sum(bytes), 0) as bytes from relayed`.execute(app.db)
  let left = { rows: Number(rows[0]?.n ?? 0), bytes: Number(rows[0]?.bytes ?? 0) }
  for (let done = 0; done < MOST_AT_ONCE; done += BATCH) {
    const oldest = await app.db
      .selectFrom('relayed')
      .selectAll()
      .orderBy('created_at')
      .orderBy('status_id')
      .limit(BATCH)
      .execute()
    const over = { ...left }
    const due = oldest.filter((row) => {
      const goes = row.created_at < app.now() - KEPT || over.rows > most.rows || over.bytes > most.bytes
      if (goes) {
        over.rows--
        over.bytes -= row.bytes
      }
      return goes
    })
    left = over
    await forget(
      app,
      due.map((row) => row.status_id),
    )
    if (due.length < BATCH) return
  }
}

async function forget(app: App, ids: number[]): Promise<void> {
  const statuses = await statusesByIds(app, ids)
  // No tombstone: it was not deleted, and may come again.
  for (const status of statuses.values())
    await deleteStatus(app, status, 'elsewhere', { leaveTombstone: false })
  if (ids.length === 0) return
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('relayed').where('status_id', 'in', ids).execute()
  })
}

/** Takes the mark off what somebody did something with. */
async function letStay(app: App): Promise<void> {
  await app.inTransaction(async (tx) => {
    await sql`delete from relayed where status_id in (
      select r.status_id from relayed r join status s on s.id = r.status_id
      where s.replies_count > 0 or s.reblogs_count > 0 or s.favourites_count > 0 or s.quotes_count > 0
        or exists (select 1 from bookmark b where b.status_id = s.id)
        or exists (select 1 from status_pin p where p.status_id = s.id)
        or exists (select 1 from status c where c.in_reply_to_id = s.id)
        or exists (select 1 from mention m join account a on a.id = m.account_id
          where m.status_id = s.id and a.domain_id is not null)
        or exists (select 1 from follow f where f.target_id = s.account_id))`.execute(tx.db)
  })
}
