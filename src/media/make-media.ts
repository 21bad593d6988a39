import type { App } from '#app.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { SERVED, sniffMedia } from '#platform/media-sniff.ts'
import { mediaLimits } from '#platform/media-types.ts'
import { keepFilm, keepGif, keepSound, takeGif } from './keep-film.ts'
import type { MadeMedia } from './make-picture.ts'
import { fileRefusal, headOf, makePicture, refuseLarge } from './make-picture.ts'

/** A file that ffmpeg works on after the answer, and what it will be. */
export type Later = { later: 'gifv' | 'video' | 'audio'; path: string; mime: string }

/**
 * Makes what is kept of a file that was sent, or says that it is work for later; throws `invalid`, with nothing kept,
 * when it may not be or cannot.
 */
export async function makeMedia(app: App, scratch: string, sent: UploadedFile): Promise<MadeMedia | Later> {
  const path = await sent.lieIn(scratch)
  const sniffed = sniffMedia(await headOf(path))
  if (!sniffed) throw fileRefusal('has a content type that is not taken')
  const { kind, format } = sniffed
  refuseLarge(sent.size, kind === 'picture' ? mediaLimits.imageBytes : mediaLimits.filmBytes)
  const hasFfmpeg = app.config.ffmpeg !== undefined
  if (kind === 'picture') {
    const moves = format === 'gif' && (await takeGif(path))
    if (moves && hasFfmpeg) return { later: 'gifv', path, mime: 'image/gif' }
    return moves ? keepGif(app, scratch, path, moves) : makePicture(app, scratch, path, format)
  }
  if (hasFfmpeg && kind === 'film') return { later: 'video', path, mime: SERVED[format] }
  if (hasFfmpeg && format !== 'mp3' && format !== 'm4a') return { later: 'audio', path, mime: SERVED[format] }
  return kind === 'film' ? keepFilm(app, scratch, path, format) : keepSound(app, scratch, path, format)
}
