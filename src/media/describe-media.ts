import type { App } from '#app.ts'
import { abandonBlob, deleteBlob, insertBlob } from '#platform/blobs/blobs.ts'
import { invalid } from '#platform/errors.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { mediaLimits } from '#platform/media-types.ts'
import { withScratch } from '#platform/scratch.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import type { MadeThumbnail } from './make-picture.ts'
import { makeThumbnail } from './make-picture.ts'
import type { MediaMeta } from './media.ts'
import { mediaByIds, readMeta } from './media.ts'

/** Where the eye should rest: from -1 (left, bottom) to 1 (right, top). */
export type Focus = { x: number; y: number }

export type MediaChanges = {
  description?: string | undefined
  focus?: Focus | undefined
  thumbnail?: UploadedFile | undefined
}

/** Reads `x,y` as clients send it, held to the picture; throws `invalid` for what is not two numbers (MED-18). */
export function readFocus(text: string | undefined): Focus | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const found = /^\s*([+-]?\d{1,9}(?:\.\d{1,20})?)\s*,\s*([+-]?\d{1,9}(?:\.\d{1,20})?)\s*$/.exec(text)
  if (!found) {
    const description = 'is not two numbers between -1 and 1'
    throw invalid(`Validation failed: Focus ${description}`, {
      focus: [{ error: 'ERR_INVALID', description }],
    })
  }
  const held = (number: number) => Math.max(-1, Math.min(1, number))
  return { x: held(Number(found[1])), y: held(Number(found[2])) }
}

/** Throws `invalid` for a description that is too long. */
export function checkDescription(text: string | undefined): string | undefined {
  const most = mediaLimits.description
  if (text === undefined || text.length <= most) return text?.trim()
  const description = `is too long (maximum is ${most} characters)`
  throw invalid(`Validation failed: Description ${description}`, {
    description: [{ error: 'ERR_TOO_LONG', description }],
  })
}

/** Changes what is said about an attachment, and its preview; what is left out stays. */
export async function describeMedia(app: App, media: MediaRow, changes: MediaChanges): Promise<MediaRow> {
  const { thumbnail } = changes
  const made = thumbnail ? await withScratch(app, (scratch) => makeThumbnail(app, scratch, thumbnail)) : null
  try {
    return await app.inTransaction((tx) => change(tx, media.id, changes, made))
  } catch (error) {
    if (made) await abandonBlob(app, made.preview)
    throw error
  }
}

async function change(
  tx: App,
  id: number,
  changes: MediaChanges,
  made: MadeThumbnail | null,
): Promise<MediaRow> {
  // Read anew: its preview may have been made a moment ago.
  const row = (await mediaByIds(tx, [id])).get(id)
  if (!row) throw invalid('Validation failed: The file is gone')
  const meta: MediaMeta = {
    ...readMeta(row),
    ...(changes.focus ? { focus: changes.focus } : {}),
    ...(made ? { preview: made.shown } : {}),
  }
  const changed: Partial<MediaRow> = { meta: JSON.stringify(meta) }
  if (changes.description !== undefined) changed.description = changes.description || null
  if (made) {
    if (row.preview_key) await deleteBlob(tx, row.preview_key)
    changed.preview_key = (await insertBlob(tx, made.preview)).key
    changed.blurhash = made.blurhash
  }
  await tx.db.updateTable('media').set(changed).where('id', '=', id).execute()
  return { ...row, ...changed }
}
