import { sql } from 'kysely'
import type { App } from '#app.ts'
import { deleteBlob } from '#platform/blobs/blobs.ts'
import { invalid } from '#platform/errors.ts'
import { randomToken } from '#platform/secrets.ts'
import { DAY } from '#platform/times.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import { dropRemoteFiles } from './remote-files.ts'

/** How long an upload waits for its status, and the attachments of a deleted one for a new draft. */
export const UNATTACHED_MS = DAY
/** How many are removed in one transaction, so that nobody waits for a clean-up. */
const BATCH = 100
const KEY_BYTES = 16

/** Deletes attachments with their files and copies, in the caller's transaction. */
export async function dropMedia(tx: App, rows: readonly MediaRow[]): Promise<void> {
  if (rows.length === 0) return
  for (const { file_key, preview_key, source_key } of rows) {
    for (const key of [file_key, preview_key, source_key]) if (key) await deleteBlob(tx, key)
  }
  const ids = rows.map((row) => row.id)
  await dropRemoteFiles(
    tx,
    rows.filter((row) => row.remote_url !== null).map((row) => row.id),
  )
  await tx.db.deleteFrom('media').where(tx.dialect.among(sql`id`, ids)).execute()
}

/**
 * Takes the attachments off statuses that are deleted, in the caller's transaction. Those of our members wait a day for
 * a new draft under new addresses, so that the old ones lead nowhere (MED-13); those from elsewhere go.
 */
export async function releaseMedia(tx: App, statusIds: readonly number[]): Promise<void> {
  const rows = await tx.db
    .selectFrom('media')
    .selectAll()
    .where((row) =>
      row.or([tx.dialect.among(sql`status_id`, statusIds), tx.dialect.among(sql`left_status_id`, statusIds)]),
    )
    .execute()
  await dropMedia(
    tx,
    rows.filter((row) => row.remote_url !== null),
  )
  for (const row of rows) if (row.remote_url === null) await detach(tx, row)
}

/** Deletes an upload; throws `invalid` while a status has it. */
export async function removeUpload(app: App, given: MediaRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    const row = await tx.db.selectFrom('media').selectAll().where('id', '=', given.id).executeTakeFirst()
    if (!row) return
    if (row.status_id !== null || row.scheduled_id !== null || row.left_status_id !== null) {
      throw invalid('Media attachment is currently used by a status')
    }
    await dropMedia(tx, [row])
  })
}

/** Makes an attachment an upload again, under new addresses, in the caller's transaction. */
export async function detach(tx: App, row: MediaRow): Promise<void> {
  const keys = {
    file_key: row.file_key && (await renewKey(tx, row.file_key)),
    preview_key: row.preview_key && (await renewKey(tx, row.preview_key)),
  }
  await tx.db
    .updateTable('media')
    .set({ ...keys, status_id: null, left_status_id: null, position: 0, unattached_at: tx.now() })
    .where('id', '=', row.id)
    .execute()
}

async function renewKey(tx: App, key: string): Promise<string> {
  const fresh = randomToken(KEY_BYTES)
  await tx.db.updateTable('blob').set({ key: fresh }).where('key', '=', key).execute()
  return fresh
}

/** Removes uploads that no status took within a day. */
export async function forgetUnattached(app: App): Promise<void> {
  const before = app.now() - UNATTACHED_MS
  for (;;) {
    const removed = await app.inTransaction(async (tx) => {
      const rows = await tx.db
        .selectFrom('media')
        .selectAll()
        .where('unattached_at', '<', before)
        .where('scheduled_id', 'is', null)
        .limit(BATCH)
        .execute()
      await dropMedia(tx, rows)
      return rows.length
    })
    if (removed < BATCH) return
  }
}
