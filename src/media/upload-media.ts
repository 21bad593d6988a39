import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { StoredBlob } from '#platform/blobs/blobs.ts'
import { abandonBlob, insertBlob } from '#platform/blobs/blobs.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { withScratch } from '#platform/scratch.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import type { Focus } from './describe-media.ts'
import type { MadeMedia } from './make-media.ts'
import { makeMedia, makeThumbnail } from './make-media.ts'
import type { MediaMeta } from './media.ts'
import { blankMedia } from './media.ts'

export type Upload = {
  file: UploadedFile
  thumbnail?: UploadedFile | undefined
  description?: string | undefined
  focus?: Focus | undefined
}

/**
 * Takes in a file that a member sent: what browsers show safely is made of it and kept, the rest of it is not. Throws
 * `invalid`, with nothing kept, for what is not taken, damaged or too large.
 */
export async function uploadMedia(app: App, account: AccountRow, upload: Upload): Promise<MediaRow> {
  const stored: StoredBlob[] = []
  const used = new Set<string | undefined>()
  try {
    const made = await withScratch(app, (scratch) => makeAll(app, scratch, upload, stored))
    const row = await app.inTransaction((tx) => insertUpload(tx, account, upload, made))
    for (const each of [made.file, made.preview]) used.add(each?.hash)
    return row
  } finally {
    // Whole and preview may be the same bytes: only what got no row at all goes.
    for (const each of stored) if (!used.has(each.hash)) await abandonBlob(app, each)
  }
}

async function makeAll(app: App, scratch: string, upload: Upload, stored: StoredBlob[]): Promise<MadeMedia> {
  // The thumbnail first: it is quickly refused.
  const thumbnail = upload.thumbnail && (await makeThumbnail(app, scratch, upload.thumbnail))
  if (thumbnail) stored.push(thumbnail.preview)
  const made = await makeMedia(app, scratch, upload.file)
  stored.push(made.file)
  if (made.preview) stored.push(made.preview)
  if (!thumbnail) return made
  return {
    ...made,
    preview: thumbnail.preview,
    blurhash: thumbnail.blurhash,
    meta: { ...made.meta, preview: thumbnail.shown },
  }
}

async function insertUpload(
  tx: App,
  account: AccountRow,
  upload: Upload,
  made: MadeMedia,
): Promise<MediaRow> {
  const meta: MediaMeta = { ...made.meta, ...(upload.focus ? { focus: upload.focus } : {}) }
  const row: MediaRow = {
    ...blankMedia,
    id: tx.newId(),
    account_id: account.id,
    kind: made.kind,
    mime: made.file.mime,
    file_key: (await insertBlob(tx, made.file)).key,
    preview_key: made.preview ? (await insertBlob(tx, made.preview)).key : null,
    blurhash: made.blurhash,
    description: upload.description || null,
    meta: JSON.stringify(meta),
    created_at: tx.now(),
    unattached_at: tx.now(),
  }
  await tx.db.insertInto('media').values(row).execute()
  return row
}
