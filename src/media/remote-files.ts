import { sql } from 'kysely'
import type { App } from '#app.ts'
import { deleteBlob } from '#platform/blobs/blobs.ts'
import { prepared } from '#platform/database/prepared.ts'

/** A file of another server that was looked at here: a copy (`file_key`), or until when its failure is remembered. */
export type RemoteFileRow = {
  /** Stands for address and variant. */
  name: string
  /** The attachment it is a copy of; null for profile pictures, emojis and cards. */
  media_id: number | null
  host: string
  file_key: string | null
  size: number
  /** Whether one of our members has to do with the status. */
  pinned: number
  used_at: number
  retry_at: number | null
  created_at: number
}
/** How many bytes the copies take together. */
export type ByteTotalRow = { name: string; bytes: number }
export type RemoteFileTables = { remote_file: RemoteFileRow; byte_total: ByteTotalRow }

const TOTAL = 'remote files'

const byName = prepared<{ name: string }, RemoteFileRow>((db, { name }) =>
  db.selectFrom('remote_file').selectAll().where('name', '=', name),
)

/** What is known of a file of another server, or undefined. */
export async function remoteFile(app: App, name: string): Promise<RemoteFileRow | undefined> {
  return (await byName(app, { name }))[0]
}

/** How many bytes all copies take. */
export async function remoteBytes(app: App): Promise<number> {
  const row = await app.db
    .selectFrom('byte_total')
    .select('bytes')
    .where('name', '=', TOTAL)
    .executeTakeFirst()
  return row?.bytes ?? 0
}

/** Writes what became of a look at a file, in the caller's transaction; a copy that another made first is dropped. */
export async function saveRemoteFile(tx: App, row: RemoteFileRow): Promise<void> {
  await forgetRemoteFiles(tx, await namedRows(tx, [row.name]))
  await tx.db.insertInto('remote_file').values(row).execute()
  await count(tx, row.size)
}

/** Deletes the copies of these attachments, in the caller's transaction. */
export async function dropRemoteFiles(tx: App, mediaIds: readonly number[]): Promise<void> {
  if (mediaIds.length === 0) return
  const rows = await tx.db
    .selectFrom('remote_file')
    .selectAll()
    .where(tx.dialect.among(sql`media_id`, mediaIds))
    .execute()
  await forgetRemoteFiles(tx, rows)
}

/** Deletes these copies and what is known of them, in the caller's transaction. */
export async function forgetRemoteFiles(tx: App, rows: readonly RemoteFileRow[]): Promise<void> {
  if (rows.length === 0) return
  const names = rows.map((row) => row.name)
  await tx.db.deleteFrom('remote_file').where(tx.dialect.amongText(sql`name`, names)).execute()
  let size = 0
  for (const row of rows) {
    if (row.file_key) await deleteBlob(tx, row.file_key)
    size += row.size
  }
  await count(tx, -size)
}

async function namedRows(tx: App, names: string[]): Promise<RemoteFileRow[]> {
  return tx.db.selectFrom('remote_file').selectAll().where(tx.dialect.amongText(sql`name`, names)).execute()
}

async function count(tx: App, bytes: number): Promise<void> {
  if (bytes === 0) return
  await tx.db
    .insertInto('byte_total')
    .values({ name: TOTAL, bytes: Math.max(0, bytes) })
    .onConflict((clash) =>
      clash
        .column('name')
        .doUpdateSet((row) => ({ bytes: sql<number>`${row.ref('byte_total.bytes')} + ${bytes}` })),
    )
    .execute()
}
