import { sql } from 'kysely'
import type { App } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { mediaLimits } from '#platform/media-types.ts'
import type { MediaRow, StatusRow } from '#statuses/statuses.ts'
import { leaveMedia } from './leave-media.ts'
import { mediaByIds } from './media.ts'

/** Who may have the uploads already. */
export type Holder = { statusId?: number; scheduledId?: number }

/**
 * The uploads with these ids, in that order, as a status of this account may carry them; `holder` is the status that has
 * some of them already, or the scheduled one that keeps them. Throws `invalid` for too many, a mix of pictures and others, and what is not the account's,
 * not ready or taken (MED-12).
 */
export async function attachableMedia(
  app: App,
  accountId: number,
  ids: readonly string[],
  holder: Holder = {},
): Promise<MediaRow[]> {
  const wanted = [...new Set(ids)]
  const most = mediaLimits.perStatus
  if (wanted.length > most) throw invalid(`Validation failed: Cannot attach more than ${most} files`)
  const numbers = wanted.map(readId)
  const known = await mediaByIds(
    app,
    numbers.filter((id) => id !== null),
  )
  const rows = numbers.map((id) => known.get(id ?? 0))
  const missing = wanted.filter((_, at) => !isFree(rows[at], accountId, holder))
  if (missing.length > 0) {
    throw invalid(
      `Validation failed: Media ${missing.join(', ')} not found or already attached to another post`,
    )
  }
  const found = rows as MediaRow[]
  if (found.length > 1 && found.some((row) => row.kind !== 'image')) {
    throw invalid('Validation failed: Cannot attach a video to a post that already contains images')
  }
  if (found.some((row) => row.state !== 'ready')) {
    throw invalid(
      'Validation failed: Cannot attach files that have not finished processing. Try again in a moment!',
    )
  }
  return found
}

function isFree(row: MediaRow | undefined, accountId: number, holder: Holder): boolean {
  if (!row || row.account_id !== accountId || row.remote_url !== null) return false
  const owner = row.status_id ?? row.left_status_id
  if (owner !== null) return owner === holder.statusId
  return row.scheduled_id === null || row.scheduled_id === holder.scheduledId
}

/**
 * Makes uploads that were found attachable the attachments of a status, in that order, in the caller's transaction.
 * Throws `invalid` when another post took one meanwhile.
 */
export async function attachMedia(
  tx: App,
  status: Pick<StatusRow, 'id' | 'account_id'>,
  mediaIds: readonly number[],
): Promise<void> {
  for (const [position, id] of mediaIds.entries()) {
    const done = await tx.db
      .updateTable('media')
      .set({ status_id: status.id, position, unattached_at: null, scheduled_id: null, left_status_id: null })
      .where('id', '=', id)
      .where('account_id', '=', status.account_id)
      .where('state', '=', 'ready')
      .where(sql<boolean>`coalesce(status_id, left_status_id, ${status.id}) = ${status.id}`)
      .executeTakeFirst()
    if (Number(done.numUpdatedRows) !== 1) {
      throw invalid(`Validation failed: Media ${id} not found or already attached to another post`)
    }
  }
}

/** Gives an edited status these attachments in this order; its earlier versions keep those it loses. In the caller's transaction. */
export async function reattachMedia(
  tx: App,
  status: Pick<StatusRow, 'id' | 'account_id'>,
  mediaIds: readonly number[],
): Promise<void> {
  const before = await tx.db.selectFrom('media').selectAll().where('status_id', '=', status.id).execute()
  await leaveMedia(
    tx,
    status.id,
    before.filter((row) => !mediaIds.includes(row.id)),
  )
  await attachMedia(tx, status, mediaIds)
}

/** Keeps uploads for a scheduled status (null lets go of them, for a day), in the caller's transaction. */
export async function reserveMedia(
  tx: App,
  mediaIds: readonly number[],
  scheduledId: number | null,
): Promise<void> {
  if (mediaIds.length === 0) return
  await tx.db
    .updateTable('media')
    .set({ scheduled_id: scheduledId, unattached_at: tx.now() })
    .where(tx.dialect.among(sql`id`, mediaIds))
    .where('status_id', 'is', null)
    .where('left_status_id', 'is', null)
    .execute()
}
