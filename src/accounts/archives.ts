import type { App } from '#app.ts'
import { archiveWanted } from '#happenings.ts'
import type { StoredBlob } from '#platform/blobs/blobs.ts'
import { deleteBlob, insertBlob } from '#platform/blobs/blobs.ts'
import { notFound, tooMany } from '#platform/errors.ts'
import { DAY } from '#platform/times.ts'
import type { AccountRow } from './accounts.ts'

/** How long an archive is kept, and how long the next one has to wait, in ms. */
export const ARCHIVE_MS = 7 * DAY
const MOST_PRUNED = 100

/** An archive of what a member wrote; `file_key` is null until it is made. */
export type ArchiveRow = {
  id: number
  account_id: number
  file_key: string | null
  size: number
  created_at: number
  ready_at: number | null
}
export type ArchiveTables = { archive: ArchiveRow }

/** The member's newest archive, or undefined. */
export async function latestArchive(app: App, accountId: number): Promise<ArchiveRow | undefined> {
  return app.db
    .selectFrom('archive')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Owes a member an archive; throws `too many` within a week of the last one. */
export async function requestArchive(app: App, account: Pick<AccountRow, 'id'>): Promise<void> {
  await app.inTransaction(async (tx) => {
    const last = await latestArchive(tx, account.id)
    if (last && last.created_at > tx.now() - ARCHIVE_MS)
      throw tooMany('You can ask for an archive once a week.')
    const id = tx.newId()
    const row = { id, account_id: account.id, file_key: null, size: 0, created_at: tx.now(), ready_at: null }
    await tx.db.insertInto('archive').values(row).execute()
    await tx.emit(archiveWanted, { archiveId: id })
  })
}

/** A member's own archive that is ready; throws `notFound` for all others. */
export async function readyArchive(
  app: App,
  account: Pick<AccountRow, 'id'>,
  id: number | null,
): Promise<ArchiveRow & { file_key: string }> {
  const row = await archiveById(app, id ?? -1)
  if (row?.account_id !== account.id || row.file_key === null) throw notFound()
  return { ...row, file_key: row.file_key }
}

/** The archive with this id, or undefined. */
export async function archiveById(app: App, id: number): Promise<ArchiveRow | undefined> {
  return app.db.selectFrom('archive').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Puts a made archive in its place. */
export async function fillArchive(app: App, row: ArchiveRow, stored: StoredBlob): Promise<void> {
  await app.inTransaction(async (tx) => {
    const { key } = await insertBlob(tx, stored)
    await tx.db
      .updateTable('archive')
      .set({ file_key: key, size: stored.size, ready_at: tx.now() })
      .where('id', '=', row.id)
      .execute()
  })
}

/** Deletes archives that are a week old, a few at a time. */
export async function pruneArchives(app: App): Promise<void> {
  await app.inTransaction(async (tx) => {
    const old = await tx.db
      .selectFrom('archive')
      .selectAll()
      .where('created_at', '<', tx.now() - ARCHIVE_MS)
      .limit(MOST_PRUNED)
      .execute()
    for (const row of old) await dropArchive(tx, row)
  })
}

/** Deletes an archive with its file, in the caller's transaction. */
export async function dropArchive(tx: App, row: ArchiveRow): Promise<void> {
  if (row.file_key !== null) await deleteBlob(tx, row.file_key)
  await tx.db.deleteFrom('archive').where('id', '=', row.id).execute()
}
