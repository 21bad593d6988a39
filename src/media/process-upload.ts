import { z } from 'zod'
import type { App } from '#app.ts'
import type { BlobRow } from '#platform/blobs/blobs.ts'
import { abandonBlob, blobByKey, deleteBlob, insertBlob } from '#platform/blobs/blobs.ts'
import { Refusal } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { withScratch } from '#platform/scratch.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import { convertMedia } from './make-film.ts'
import type { MadeMedia } from './make-picture.ts'
import { mediaByIds, readMeta } from './media.ts'

const TRIES = 3
const UNEXPECTED = 'The file could not be processed'

/** Converts an upload that was taken in; what cannot be converted is marked so, with the reason. */
export const processUpload = job({
  name: 'process upload',
  queue: 'media',
  tries: TRIES,
  payload: z.object({ mediaId: z.number().int() }),
  run: (app, { mediaId }, task) => finishUpload(app, mediaId, task.attempts >= TRIES),
})

let turn: Promise<unknown> = Promise.resolve()

/** The same at once, for those who wait; one after the other, as each takes a core and hundreds of megabytes. */
export async function processNow(app: App, mediaId: number): Promise<void> {
  const mine = turn.then(() => finishUpload(app, mediaId, true))
  turn = mine.catch(() => {})
  await mine
}

async function finishUpload(app: App, mediaId: number, last: boolean): Promise<void> {
  const row = (await mediaByIds(app, [mediaId])).get(mediaId)
  if (row?.state !== 'processing') return
  const source = row.source_key ? await blobByKey(app, row.source_key) : undefined
  try {
    await convert(app, row, source)
  } catch (error) {
    const known = error instanceof Refusal && error.kind === 'invalid'
    if (!known && !last) throw error
    if (!known) app.log.error({ err: error, media: mediaId }, 'an upload could not be processed')
    await settle(app, row, { state: 'failed', fault: known ? error.message : UNEXPECTED })
  }
}

async function convert(app: App, row: MediaRow, source: BlobRow | undefined): Promise<void> {
  const programs = app.config.ffmpeg
  if (!source || !programs) throw new Error('the file or the program for it is gone')
  const path = app.blobs.pathOf(source.hash)
  const made = await withScratch(app, (scratch) => convertMedia(app, programs, scratch, path))
  try {
    await app.inTransaction((tx) => place(tx, row.id, made))
  } finally {
    // Without a row (the upload was deleted meanwhile, or has a thumbnail of its own) the bytes go again.
    for (const each of [made.file, made.preview]) if (each) await abandonBlob(app, each)
  }
}

async function place(tx: App, id: number, made: MadeMedia): Promise<void> {
  const row = (await mediaByIds(tx, [id])).get(id)
  if (row?.state !== 'processing') return
  const { preview, focus } = readMeta(row)
  const ownPreview = row.preview_key !== null
  const meta = { ...made.meta, ...(ownPreview ? { preview } : {}), ...(focus ? { focus } : {}) }
  const file = await insertBlob(tx, made.file)
  await settle(tx, row, {
    state: 'ready',
    kind: made.kind,
    mime: file.mime,
    file_key: file.key,
    meta: JSON.stringify(meta),
    ...(ownPreview
      ? {}
      : {
          preview_key: made.preview ? (await insertBlob(tx, made.preview)).key : null,
          blurhash: made.blurhash,
        }),
  })
}

async function settle(app: App, row: MediaRow, change: Partial<MediaRow>): Promise<void> {
  await app.inTransaction(async (tx) => {
    if (row.source_key) await deleteBlob(tx, row.source_key)
    await tx.db
      .updateTable('media')
      .set({ ...change, source_key: null })
      .where('id', '=', row.id)
      .where('state', '=', 'processing')
      .execute()
  })
}
