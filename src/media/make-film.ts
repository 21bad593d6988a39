import { join } from 'node:path'
import type { App } from '#app.ts'
import { storeFile } from '#platform/blobs/blobs.ts'
import type { Probed, ProbeFault, Programs } from '#platform/ffmpeg.ts'
import { makeFilm, makeSound, probe, takeStill } from '#platform/ffmpeg.ts'
import { SERVED, sniffMedia } from '#platform/media-sniff.ts'
import { mediaLimits } from '#platform/media-types.ts'
import { coverOf } from './keep-film.ts'
import type { MadeMedia, MadeThumbnail } from './make-picture.ts'
import { drawThumbnail, fileRefusal, headOf } from './make-picture.ts'
import type { MediaMeta } from './media.ts'

// Where there is ffmpeg: films become MP4, sounds MP3, animations films without sound.

const FAULTS: Record<ProbeFault, string> = {
  damaged: 'is damaged or cut off',
  pixels: `has too many pixels (maximum is ${mediaLimits.filmPixels})`,
  frames: `has too many frames (maximum is ${mediaLimits.filmFrames}, ${mediaLimits.filmFrameRate} in a second)`,
}
const HEAVY = 'takes too much work to convert'

/** Makes of an uploaded film, sound or animation what is kept of it; throws `invalid` when that cannot be done. */
export async function convertMedia(
  app: App,
  programs: Programs,
  scratch: string,
  path: string,
): Promise<MadeMedia> {
  const sniffed = sniffMedia(await headOf(path))
  if (!sniffed) throw fileRefusal(FAULTS.damaged)
  const format = sniffed.kind === 'picture' ? ('gif' as const) : sniffed.format
  const probed = await probe(programs, format, path)
  if (typeof probed === 'string') throw fileRefusal(FAULTS[probed])
  const source: Source = { programs, scratch, path, format, probed }
  if (probed.video && sniffed.kind !== 'sound') return convertFilm(app, source)
  if (!probed.sound) throw fileRefusal(FAULTS.damaged)
  return convertSound(app, source)
}

type Format = Parameters<typeof probe>[1]
type Source = { programs: Programs; scratch: string; path: string; format: Format; probed: Probed }

async function convertFilm(app: App, source: Source): Promise<MadeMedia> {
  const { programs, scratch } = source
  const output = join(scratch, 'film.mp4')
  const made = await makeFilm(programs, source, output)
  const film = made ? await probe(programs, 'mp4', output) : 'damaged'
  if (typeof film === 'string' || !film.video) throw fileRefusal(HEAVY)
  const still = join(scratch, 'still.png')
  const preview = (await takeStill(programs, 'mp4', output, still))
    ? await drawThumbnail(app, scratch, still)
    : null
  const { width, height, frameRate } = film.video
  return {
    kind: film.sound ? 'video' : 'gifv',
    file: await storeFile(app, output, 'video/mp4'),
    ...shownBy(preview, { width, height, frameRate, ...running(film) }),
  }
}

async function convertSound(app: App, source: Source): Promise<MadeMedia> {
  const { programs, scratch, path, format } = source
  const output = join(scratch, 'sound.mp3')
  const cover = format === 'gif' ? null : await coverOf(app, scratch, path, SERVED[format])
  const made = await makeSound(programs, source, output)
  const sound = made ? await probe(programs, 'mp3', output) : 'damaged'
  if (typeof sound === 'string') throw fileRefusal(HEAVY)
  return {
    kind: 'audio',
    file: await storeFile(app, output, 'audio/mpeg'),
    ...shownBy(cover, running(sound)),
  }
}

function running({ seconds, bitrate }: Probed): MediaMeta {
  return { ...(seconds ? { duration: seconds } : {}), ...(bitrate ? { bitrate } : {}) }
}

function shownBy(preview: MadeThumbnail | null, meta: MediaMeta): Omit<MadeMedia, 'kind' | 'file'> {
  return {
    preview: preview?.preview ?? null,
    blurhash: preview?.blurhash ?? null,
    meta: preview ? { ...meta, preview: preview.shown } : meta,
  }
}
