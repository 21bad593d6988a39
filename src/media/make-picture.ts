import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '#app.ts'
import type { StoredBlob } from '#platform/blobs/blobs.ts'
import { storeFile } from '#platform/blobs/blobs.ts'
import { invalid } from '#platform/errors.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { copyPicture } from '#platform/images.ts'
import type { PictureFormat } from '#platform/images-sniff.ts'
import { sniffPicture } from '#platform/images-sniff.ts'
import type { DrawnCopies } from '#platform/images-tasks.ts'
import { mediaLimits } from '#platform/media-types.ts'
import type { MediaMeta } from './media.ts'

const HEAD = 4096

/** Stored files that wait for their row, and what is known of them. */
export type MadeMedia = {
  kind: 'image' | 'gifv' | 'video' | 'audio'
  file: StoredBlob
  preview: StoredBlob | null
  blurhash: string | null
  meta: MediaMeta
}

/** Makes a whole picture and its preview of one that lies in a file. */
export async function makePicture(
  app: App,
  scratch: string,
  path: string,
  format: PictureFormat,
): Promise<MadeMedia> {
  const original = { path: join(scratch, 'original'), pixels: mediaLimits.originalPixels }
  const preview = { path: join(scratch, 'preview'), pixels: mediaLimits.previewPixels }
  const drawn = await copyPicture({ format, input: path, original, preview })
  const whole = drawn.original as NonNullable<DrawnCopies['original']>
  return {
    kind: 'image',
    file: await storeFile(app, original.path, whole.mime),
    preview: await storeFile(app, preview.path, drawn.preview.mime),
    blurhash: drawn.blurhash,
    meta: { width: whole.width, height: whole.height, preview: drawn.preview },
  }
}

/** A preview that waits for its row. */
export type MadeThumbnail = {
  preview: StoredBlob
  blurhash: string
  shown: NonNullable<MediaMeta['preview']>
}

/** Makes the preview of a picture that the member sent for it. */
export async function makeThumbnail(
  app: App,
  scratch: string,
  sent: UploadedFile,
  field = 'thumbnail',
): Promise<MadeThumbnail> {
  refuseLarge(sent.size, mediaLimits.imageBytes, field)
  return drawThumbnail(app, scratch, await sent.lieIn(scratch), field)
}

/** Makes a preview of a picture that lies in a file. */
export async function drawThumbnail(
  app: App,
  scratch: string,
  input: string,
  field = 'file',
): Promise<MadeThumbnail> {
  const format = sniffPicture(await headOf(input))
  if (!format) throw fileRefusal('has a content type that is not taken', field)
  const preview = { path: join(scratch, 'thumbnail'), pixels: mediaLimits.previewPixels }
  const drawn = await copyPicture({ format, input, preview }, field)
  return {
    preview: await storeFile(app, preview.path, drawn.preview.mime),
    blurhash: drawn.blurhash,
    shown: drawn.preview,
  }
}

/** The first bytes of a file. */
export async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const head = Buffer.alloc(HEAD)
    const { bytesRead } = await file.read(head, 0, HEAD, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Throws `invalid` for more than so many bytes. */
export function refuseLarge(size: number, most: number, field = 'file'): void {
  if (size > most) throw fileRefusal(`must be less than ${Math.floor(most / 1024 / 1024)} MB`, field)
}

/** A refusal of what was sent in this field. */
export function fileRefusal(description: string, field = 'file') {
  const name = `${field.charAt(0).toUpperCase()}${field.slice(1)}`
  return invalid(`Validation failed: ${name} ${description}`, {
    [field]: [{ error: 'ERR_INVALID', description }],
  })
}
