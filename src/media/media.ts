import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { DraftMedia } from '#statuses/draft.ts'
import type { MediaRow, StatusRow } from '#statuses/statuses.ts'

/** How many attachments of one remote status are kept. */
export const MOST_MEDIA = 32

const ofStatuses = prepared<{ ids: readonly number[] }, MediaRow>((db, { ids }, dialect) =>
  db.selectFrom('media').selectAll().where(dialect.among(sql`status_id`, ids)).orderBy('position'),
)

/** The attachments of these statuses, in their order. */
export async function mediaOf(app: App, statusIds: readonly number[]): Promise<MediaRow[]> {
  return ofStatuses(app, { ids: statusIds })
}

/** Writes the attachments of a new status, in the caller's transaction. */
export async function insertMedia(
  tx: App,
  status: Pick<StatusRow, 'id' | 'account_id'>,
  media: readonly DraftMedia[],
): Promise<void> {
  const rows = media.slice(0, MOST_MEDIA).map((each, position) => ({
    id: tx.newId(),
    account_id: status.account_id,
    status_id: status.id,
    position,
    kind: each.kind,
    mime: each.mime,
    remote_url: each.remoteUrl,
    file_key: null,
    preview_key: null,
    blurhash: each.blurhash,
    description: each.description,
    meta: JSON.stringify({
      width: each.width,
      height: each.height,
      duration: each.duration,
      focus: each.focus,
    }),
    created_at: tx.now(),
  }))
  if (rows.length > 0) await tx.db.insertInto('media').values(rows).execute()
}

/** Replaces the attachments of an edited status, in the caller's transaction. */
export async function replaceMedia(tx: App, status: StatusRow, media: readonly DraftMedia[]): Promise<void> {
  await tx.db.deleteFrom('media').where('status_id', '=', status.id).execute()
  await insertMedia(tx, status, media)
}
