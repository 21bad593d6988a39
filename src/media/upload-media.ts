import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { StoredBlob } from '#platform/blobs/blobs.ts'
import { abandonBlob, insertBlob, storeFile } from '#platform/blobs/blobs.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { withScratch } from '#platform/scratch.ts'
import { HOUR } from '#platform/times.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import type { Focus } from './describe-media.ts'
import { makeMedia } from './make-media.ts'
import type { MadeMedia } from './make-picture.ts'
import { makeThumbnail } from './make-picture.ts'
import { blankMedia, mediaByIds } from './media.ts'
import { processNow, processUpload } from './process-upload.ts'

export type Upload = {
  file: UploadedFile
  thumbnail?: UploadedFile | undefined
  description?: string | undefined
  focus?: Focus | undefined
  /** Whether the answer waits until the file is ready. */
  wait: boolean
}

/** What is stored and waits for its row; `source` is worked on afterwards. */
type Taken = Omit<MadeMedia, 'file'> & { file: StoredBlob | null; source: StoredBlob | null; mime: string }

/**
 * Takes in a file that a member sent: what browsers show safely is made of it and kept, the rest of it is not. What
 * takes long is done afterwards, unless the caller waits. Throws `invalid`, with nothing kept, for what is not taken,
 * damaged or too large.
 */
export async function uploadMedia(app: App, account: AccountRow, upload: Upload): Promise<MediaRow> {
  const row = await takeIn(app, account, upload)
  if (row.state !== 'processing' || !upload.wait) return row
  await processNow(app, row.id)
  return (await mediaByIds(app, [row.id])).get(row.id) ?? row
}

async function takeIn(app: App, account: AccountRow, upload: Upload): Promise<MediaRow> {
  const stored: StoredBlob[] = []
  const used = new Set<string | undefined>()
  try {
    const taken = await withScratch(app, (scratch) => makeAll(app, scratch, upload, stored))
    const row = await app.inTransaction((tx) => insertUpload(tx, account, upload, taken))
    for (const each of [taken.file, taken.preview, taken.source]) used.add(each?.hash)
    return row
  } finally {
    // Whole and preview may be the same bytes: only what got no row at all goes.
    for (const each of stored) if (!used.has(each.hash)) await abandonBlob(app, each)
  }
}

async function makeAll(app: App, scratch: string, upload: Upload, stored: StoredBlob[]): Promise<Taken> {
  // The thumbnail first: it is quickly refused.
  const thumbnail = upload.thumbnail && (await makeThumbnail(app, scratch, upload.thumbnail))
  if (thumbnail) stored.push(thumbnail.preview)
  const made = await makeOne(app, scratch, upload.file)
  for (const each of [made.file, made.preview, made.source]) if (each) stored.push(each)
  if (!thumbnail) return made
  const { preview, blurhash, shown } = thumbnail
  return { ...made, preview, blurhash, meta: { ...made.meta, preview: shown } }
}

async function makeOne(app: App, scratch: string, file: UploadedFile): Promise<Taken> {
  const made = await makeMedia(app, scratch, file)
  if (!('later' in made)) return { ...made, source: null, mime: made.file.mime }
  const source = await storeFile(app, made.path, made.mime)
  return {
    kind: made.later,
    file: null,
    source,
    mime: made.mime,
    preview: null,
    blurhash: null,
    meta: {},
  }
}

async function insertUpload(tx: App, account: AccountRow, upload: Upload, taken: Taken): Promise<MediaRow> {
  const keyOf = async (stored: StoredBlob | null) => stored && (await insertBlob(tx, stored)).key
  const row: MediaRow = {
    ...blankMedia,
    id: tx.newId(),
    account_id: account.id,
    kind: taken.kind,
    mime: taken.mime,
    file_key: await keyOf(taken.file),
    preview_key: await keyOf(taken.preview),
    source_key: await keyOf(taken.source),
    state: taken.source ? 'processing' : 'ready',
    blurhash: taken.blurhash,
    description: upload.description || null,
    meta: JSON.stringify({ ...taken.meta, ...(upload.focus ? { focus: upload.focus } : {}) }),
    created_at: tx.now(),
    unattached_at: tx.now(),
  }
  await tx.db.insertInto('media').values(row).execute()
  // Whoever waits does it at once; should that end early, the job takes it up.
  const at = upload.wait ? tx.now() + HOUR : tx.now()
  if (taken.source) await tx.later(processUpload, { mediaId: row.id }, { at })
  return row
}
