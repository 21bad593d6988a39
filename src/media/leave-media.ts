import { sql } from 'kysely'
import type { App } from '#app.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import { detach, dropMedia } from './drop-media.ts'

/** How many attachments that edits took off one status are kept for its earlier versions. */
const MOST_LEFT = 32

/** What edits took off a status and, after that, what it has; in the caller's transaction. */
export async function takeBackMedia(tx: App, statusId: number): Promise<MediaRow[]> {
  const rows = await tx.db
    .selectFrom('media')
    .selectAll()
    .where((row) => row.or([row('status_id', '=', statusId), row('left_status_id', '=', statusId)]))
    .execute()
  return rows.sort((a, b) => Number(a.left_status_id === null) - Number(b.left_status_id === null))
}

/** Takes attachments off an edited status, in the caller's transaction; its earlier versions go on showing them. */
export async function leaveMedia(tx: App, statusId: number, rows: readonly MediaRow[]): Promise<void> {
  const fresh = rows.filter((row) => row.status_id === statusId)
  if (fresh.length === 0) return
  const { n } = await tx.db
    .selectFrom('media')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('left_status_id', '=', statusId)
    .executeTakeFirstOrThrow()
  const room = Math.max(0, MOST_LEFT - Number(n))
  const kept = fresh.slice(0, room).map((row) => row.id)
  await tx.db
    .updateTable('media')
    .set({ status_id: null, left_status_id: statusId, position: 0 })
    .where(tx.dialect.among(sql`id`, kept))
    .execute()
  for (const row of fresh.slice(room)) {
    if (row.remote_url === null) await detach(tx, row)
    else await dropMedia(tx, [row])
  }
}
