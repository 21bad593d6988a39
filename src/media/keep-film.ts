import { join } from 'node:path'
import type { App } from '#app.ts'
import { storeFile } from '#platform/blobs/blobs.ts'
import type { GifFacts } from '#platform/gif.ts'
import { cleanGif } from '#platform/gif.ts'
import type { FilmFormat, SoundFormat } from '#platform/media-sniff.ts'
import { SERVED } from '#platform/media-sniff.ts'
import { mediaLimits } from '#platform/media-types.ts'
import type { Mp4Facts } from '#platform/mp4.ts'
import { cleanMp4 } from '#platform/mp4.ts'
import { readSound } from '#platform/sounds.ts'
import type { MadeMedia, MadeThumbnail } from './make-picture.ts'
import { drawThumbnail, fileRefusal } from './make-picture.ts'
import type { MediaMeta } from './media.ts'

// Where there is no ffmpeg: what browsers play is kept as it came, without what tells of maker and place.

const PLAYED_VIDEO = new Set(['avc1', 'avc3', 'hvc1', 'hev1', 'av01', 'vp08', 'vp09'])
const PLAYED_SOUND = new Set(['mp4a', 'Opus', 'fLaC', '.mp3', 'ac-3', 'ec-3'])
const LONGEST_GIF_SECONDS = 3600
const DAMAGED = 'is damaged or cut off'

/** What a GIF is made of when it moves, null when it does not; throws `invalid` for one that is damaged or beyond the limits. */
export async function takeGif(path: string): Promise<GifFacts | null> {
  const facts = await cleanGif(path)
  if (!facts || facts.frames === 0) throw fileRefusal(DAMAGED)
  if (facts.frames === 1) return null
  if (facts.width * facts.height > mediaLimits.gifPixels) {
    throw fileRefusal(`has too many pixels for an animation (maximum is ${mediaLimits.gifPixels})`)
  }
  if (facts.frames > mediaLimits.filmFrames || facts.seconds > LONGEST_GIF_SECONDS) {
    throw fileRefusal('is too long an animation')
  }
  return facts
}

/** Keeps an animation as the GIF it is, with a still preview. */
export async function keepGif(app: App, scratch: string, path: string, facts: GifFacts): Promise<MadeMedia> {
  const { preview, blurhash, shown } = await drawThumbnail(app, scratch, path)
  const { width, height } = facts
  return {
    kind: 'image',
    file: await storeFile(app, path, 'image/gif'),
    preview,
    blurhash,
    meta: { width, height, preview: shown },
  }
}

/** Keeps a film as it came; throws `invalid` for one that browsers do not play. */
export async function keepFilm(
  app: App,
  scratch: string,
  path: string,
  format: FilmFormat,
): Promise<MadeMedia> {
  if (format === 'mp4') return keepMp4(app, scratch, path, SERVED.mp4)
  if (format === 'webm') return keepRead(app, scratch, path, SERVED.webm)
  throw fileRefusal('is a film that cannot be converted here; send it as MP4 or WebM')
}

/** Keeps a sound as it came, with the cover it brought. */
export async function keepSound(
  app: App,
  scratch: string,
  path: string,
  format: SoundFormat,
): Promise<MadeMedia> {
  return format === 'm4a'
    ? keepMp4(app, scratch, path, SERVED.m4a)
    : keepRead(app, scratch, path, SERVED[format])
}

async function keepMp4(app: App, scratch: string, path: string, mime: string): Promise<MadeMedia> {
  // The cover first: it lies among what is taken out.
  const cover = mime === SERVED.m4a ? await coverOf(app, scratch, path, mime) : null
  const facts = await cleanMp4(path)
  if (!facts) throw fileRefusal(DAMAGED)
  const { width, height, seconds, videoCodecs, soundCodecs } = facts
  if (![...videoCodecs].every((codec) => PLAYED_VIDEO.has(codec)) || !playedSound(facts)) {
    throw fileRefusal('is coded in a way that browsers do not play')
  }
  refuseSize(width, height)
  const hasVideo = videoCodecs.length > 0 && mime !== SERVED.m4a
  if (!hasVideo && soundCodecs.length === 0) throw fileRefusal(DAMAGED)
  const meta: MediaMeta = {
    ...(hasVideo ? { width, height } : {}),
    ...(seconds ? { duration: seconds } : {}),
  }
  return {
    kind: hasVideo ? (soundCodecs.length > 0 ? 'video' : 'gifv') : 'audio',
    file: await storeFile(app, path, hasVideo ? mime : SERVED.m4a),
    preview: cover?.preview ?? null,
    blurhash: cover?.blurhash ?? null,
    meta: { ...meta, ...(cover ? { preview: cover.shown } : {}) },
  }
}

const playedSound = ({ soundCodecs }: Mp4Facts) => soundCodecs.every((codec) => PLAYED_SOUND.has(codec))

async function keepRead(app: App, scratch: string, path: string, mime: string): Promise<MadeMedia> {
  const place = join(scratch, 'cover')
  const facts = await readSound({ input: path, mime, cover: place })
  if (!facts || (!facts.hasVideo && !facts.hasSound)) throw fileRefusal(DAMAGED)
  const { width, height, seconds, bitrate, hasVideo } = facts
  if (!hasVideo && seconds === null && mime !== SERVED.webm) throw fileRefusal(DAMAGED)
  refuseSize(width ?? 0, height ?? 0)
  const cover = facts.hasCover ? await drawnOrNone(app, scratch, place) : null
  const kind = hasVideo ? (facts.hasSound ? 'video' : 'gifv') : 'audio'
  return {
    kind,
    file: await storeFile(app, path, mime === SERVED.webm && !hasVideo ? 'audio/webm' : mime),
    preview: cover?.preview ?? null,
    blurhash: cover?.blurhash ?? null,
    meta: {
      ...(hasVideo && width && height ? { width, height } : {}),
      ...(seconds ? { duration: seconds } : {}),
      ...(bitrate ? { bitrate: Math.round(bitrate) } : {}),
      ...(cover ? { preview: cover.shown } : {}),
    },
  }
}

/** The cover that a sound brought, as a preview; null when it has none. */
export async function coverOf(
  app: App,
  scratch: string,
  path: string,
  mime: string,
): Promise<MadeThumbnail | null> {
  const place = join(scratch, 'cover')
  const facts = await readSound({ input: path, mime, cover: place })
  return facts?.hasCover ? drawnOrNone(app, scratch, place) : null
}

/** A cover that is no picture is no reason to refuse the sound. */
async function drawnOrNone(app: App, scratch: string, path: string): Promise<MadeThumbnail | null> {
  return drawThumbnail(app, scratch, path).catch(() => null)
}

function refuseSize(width: number, height: number): void {
  if (width * height > mediaLimits.filmPixels) {
    throw fileRefusal(`has too many pixels (maximum is ${mediaLimits.filmPixels})`)
  }
}
