/** What files may be served as, with the ending of their address. Never a type that means a document or a script (ORG-12). */
export const MEDIA_ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/ogg': 'ogv',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/wav': 'wav',
  'audio/aac': 'aac',
  'audio/mp4': 'm4a',
  'audio/webm': 'weba',
}

/** Limits of what members send (surface j); `instance` announces them. */
export const mediaLimits = {
  perStatus: 4,
  description: 10_000,
  imageBytes: 16 * 1024 * 1024,
  /** A larger picture is refused before it is decoded. */
  imagePixels: 33_177_600,
  /** What a picture is made smaller to, and its preview. */
  originalPixels: 8_294_400,
  previewPixels: 230_400,
  filmBytes: 99 * 1024 * 1024,
  filmPixels: 8_294_400,
  filmFrameRate: 120,
  filmFrames: 36_000,
  gifPixels: 921_600,
} as const

/** What is taken on this machine, as `instance` announces it. */
export function takenMimeTypes(hasFfmpeg: boolean): string[] {
  const { image, film, filmByFfmpeg, sound } = takenTypes
  return [...image, ...film, ...(hasFfmpeg ? filmByFfmpeg : []), ...sound]
}

/** What kinds are taken, as clients' file dialogs ask for them. */
const takenTypes = {
  image: ['image/jpeg', 'image/png', 'image/gif', 'image/heic', 'image/heif', 'image/webp', 'image/avif'],
  film: ['video/webm', 'video/mp4'],
  /** Only where ffmpeg turns them into what browsers play. */
  filmByFfmpeg: ['video/quicktime', 'video/ogg'],
  sound: [
    'audio/wave',
    'audio/wav',
    'audio/x-wav',
    'audio/x-pn-wave',
    'audio/vnd.wave',
    'audio/ogg',
    'audio/vorbis',
    'audio/mpeg',
    'audio/mp3',
    'audio/webm',
    'audio/flac',
    'audio/aac',
    'audio/m4a',
    'audio/x-m4a',
    'audio/mp4',
  ],
} as const
