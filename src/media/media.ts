import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { notFound } from '#platform/errors.ts'
import type { DraftMedia } from '#statuses/draft.ts'
import type { MediaRow, StatusRow } from '#statuses/statuses.ts'
import { leaveMedia, takeBackMedia } from './leave-media.ts'

/** How many attachments of one remote status are kept. */
export const MOST_MEDIA = 32

/** What else is known of an attachment, kept as JSON. */
export type MediaMeta = {
  width?: number
  height?: number
  duration?: number
  focus?: { x: number; y: number }
  frameRate?: string
  bitrate?: number
  preview?: { width: number; height: number; mime: string }
}

/** What is known of an attachment besides its files. */
export function readMeta(row: Pick<MediaRow, 'meta'>): MediaMeta {
  return JSON.parse(row.meta) as MediaMeta
}

const ofStatuses = prepared<{ ids: readonly number[] }, MediaRow>((db, { ids }, dialect) =>
  db.selectFrom('media').selectAll().where(dialect.among(sql`status_id`, ids)).orderBy('position'),
)
const byIds = prepared<{ ids: readonly number[] }, MediaRow>((db, { ids }, dialect) =>
  db.selectFrom('media').selectAll().where(dialect.among(sql`id`, ids)),
)

/** The attachments of these statuses, in their order. */
export async function mediaOf(app: App, statusIds: readonly number[]): Promise<MediaRow[]> {
  return statusIds.length === 0 ? [] : ofStatuses(app, { ids: statusIds })
}

/** The attachments with these ids, by id; unknown ones are left out. */
export async function mediaByIds(app: App, ids: readonly number[]): Promise<Map<number, MediaRow>> {
  if (ids.length === 0) return new Map()
  return new Map((await byIds(app, { ids })).map((row) => [row.id, row]))
}

/**
 * The file of that id, if this account sent it (and, where `free` is asked for, no status has it); throws `notFound`
 * for everything else (AZ-04).
 */
export async function ownUpload(
  app: App,
  accountId: number,
  id: number | null,
  free = false,
): Promise<MediaRow> {
  const row = id === null ? undefined : (await mediaByIds(app, [id])).get(id)
  if (!row || row.account_id !== accountId || row.remote_url !== null) throw notFound()
  if (free && row.status_id !== null) throw notFound()
  return row
}

/** The values of an attachment of which nothing is known yet. */
export const blankMedia = {
  status_id: null,
  position: 0,
  remote_url: null,
  file_key: null,
  preview_key: null,
  blurhash: null,
  description: null,
  meta: '{}',
  state: 'ready',
  fault: null,
  source_key: null,
  preview_url: null,
  left_status_id: null,
  scheduled_id: null,
  unattached_at: null,
} satisfies Partial<MediaRow>

/** Writes the attachments of a new status from elsewhere, in the caller's transaction. */
export async function insertMedia(
  tx: App,
  status: Pick<StatusRow, 'id' | 'account_id'>,
  media: readonly DraftMedia[],
): Promise<void> {
  const rows = media.slice(0, MOST_MEDIA).map((each, position) => ({
    ...blankMedia,
    id: tx.newId(),
    account_id: status.account_id,
    status_id: status.id,
    position,
    kind: each.kind,
    mime: each.mime,
    remote_url: each.remoteUrl,
    preview_url: each.previewUrl ?? null,
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

/**
 * Gives a status from elsewhere the attachments it has after an edit, in the caller's transaction. Those that stay
 * keep their ids, and with them the copies that were made of them.
 */
export async function replaceMedia(tx: App, status: StatusRow, media: readonly DraftMedia[]): Promise<void> {
  const before = await takeBackMedia(tx, status.id)
  const left = new Map(before.map((row) => [row.remote_url, row]))
  const added: DraftMedia[] = []
  for (const [position, each] of media.slice(0, MOST_MEDIA).entries()) {
    const known = left.get(each.remoteUrl)
    if (!known) added.push(each)
    left.delete(each.remoteUrl)
    if (!known) continue
    await tx.db
      .updateTable('media')
      .set({
        status_id: status.id,
        left_status_id: null,
        position,
        description: each.description,
        blurhash: each.blurhash ?? known.blurhash,
      })
      .where('id', '=', known.id)
      .execute()
  }
  await leaveMedia(tx, status.id, [...left.values()])
  await insertMedia(tx, status, added)
  await orderMedia(tx, status.id, media)
}

async function orderMedia(tx: App, statusId: number, media: readonly DraftMedia[]): Promise<void> {
  for (const [position, { remoteUrl }] of media.slice(0, MOST_MEDIA).entries()) {
    await tx.db
      .updateTable('media')
      .set({ position })
      .where('status_id', '=', statusId)
      .where('remote_url', '=', remoteUrl)
      .execute()
  }
}
