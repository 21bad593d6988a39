import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '#app.ts'
import type { StoredBlob } from '#platform/blobs/blobs.ts'
import { blobByKey, storeFile } from '#platform/blobs/blobs.ts'
import { Refusal } from '#platform/errors.ts'
import { FetchFailure, fetchFile } from '#platform/fetch-file.ts'
import { copyPicture } from '#platform/images.ts'
import type { Sniffed } from '#platform/media-sniff.ts'
import { SERVED, sniffMedia } from '#platform/media-sniff.ts'
import { headOf } from './make-picture.ts'
import { remoteFile } from './remote-files.ts'
import type { RemoteSource } from './remote-sources.ts'
import { nameOf } from './remote-sources.ts'

const FETCH_MS = 90_000

/** A file from elsewhere that lies in the scratch directory, as it may be served. */
export type MadeCopy = {
  mime: string
  size: number
  /** Of what was drawn anew. */
  blurhash?: string
  bytes(): Promise<Buffer>
  store(): Promise<StoredBlob>
}

/**
 * Fetches a file and makes of it what is served: its kind is what its bytes say (MED-17), pictures are drawn anew where
 * a small one is wanted. Throws FetchFailure.
 */
export async function copyRemote(app: App, scratch: string, source: RemoteSource): Promise<MadeCopy> {
  const path = (await keptOriginal(app, source)) ?? (await download(app, scratch, source))
  const sniffed = sniffMedia(await headOf(path))
  if (!sniffed || (sniffed.kind !== 'picture' && !source.keep.any)) {
    throw new FetchFailure('neither picture nor film', true)
  }
  const { size } = await stat(path)
  const kept = sniffed.kind !== 'picture' || (sniffed.format !== 'heic' && size <= source.keep.bytes)
  return kept ? copyOf(app, path, size, mimeOf(sniffed)) : drawAnew(app, scratch, path, sniffed, source)
}

/** The whole picture, when it was looked at before: then its preview costs no fetch. */
async function keptOriginal(app: App, source: RemoteSource): Promise<string | null> {
  if (source.mediaId === null || source.keep.any) return null
  const known = await remoteFile(app, nameOf('original', source.url))
  const blob = known?.file_key ? await blobByKey(app, known.file_key) : undefined
  return blob && app.blobs.has(blob.hash) ? app.blobs.pathOf(blob.hash) : null
}

async function download(app: App, scratch: string, { url, mostBytes }: RemoteSource): Promise<string> {
  const path = join(scratch, 'fetched')
  const accept = 'image/*, video/*, audio/*;q=0.9'
  await fetchFile(app, { url, accept, mostBytes, timeoutMs: FETCH_MS }, path)
  return path
}

function mimeOf(sniffed: Sniffed): string {
  if (sniffed.kind === 'picture') return `image/${sniffed.format}`
  // What telephones write as QuickTime plays in browsers under the other name.
  return SERVED[sniffed.format === 'quicktime' ? 'mp4' : sniffed.format]
}

async function drawAnew(
  app: App,
  scratch: string,
  path: string,
  sniffed: Extract<Sniffed, { kind: 'picture' }>,
  source: RemoteSource,
): Promise<MadeCopy> {
  const preview = { path: join(scratch, 'drawn'), pixels: source.keep.pixels }
  try {
    const { preview: drawn, blurhash } = await copyPicture({ format: sniffed.format, input: path, preview })
    const { size } = await stat(preview.path)
    return { ...copyOf(app, preview.path, size, drawn.mime), blurhash }
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
    throw new FetchFailure(error.message, true)
  }
}

function copyOf(app: App, path: string, size: number, mime: string): MadeCopy {
  return { mime, size, bytes: () => readFile(path), store: () => storeFile(app, path, mime) }
}
