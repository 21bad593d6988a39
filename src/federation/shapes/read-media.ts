import type { DraftMedia } from '#statuses/draft.ts'
import type { Shaped } from './shape.ts'
import { isA, isObject, listOf, textOf, webUrl } from './shape.ts'

const MOST = 32
const MOST_ALT = 10_000
const KINDS: [RegExp, DraftMedia['kind']][] = [
  [/^image\//, 'image'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
]
const ENDINGS: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
}

/** Pictures, videos and sounds that come with an object, in their order. */
export function readMedia(object: Shaped): DraftMedia[] {
  return listOf(object.attachment, 200)
    .flatMap((each): DraftMedia[] => [isObject(each) ? readOne(each) : null].filter((one) => one !== null))
    .slice(0, MOST)
}

function readOne(attachment: Shaped): DraftMedia | null {
  if (!isA(attachment, 'Document', 'Image', 'Video', 'Audio')) return null
  const link = listOf(attachment.url ?? attachment.href, 8).find((each) =>
    webUrl(isObject(each) ? each.href : each),
  )
  const remoteUrl = webUrl(isObject(link) ? link.href : link)
  if (!remoteUrl) return null
  const said = textOf(attachment.mediaType ?? (isObject(link) ? link.mediaType : ''), 100)
  const ending = /\.([a-z0-9]{2,5})$/i.exec(new URL(remoteUrl).pathname)?.[1]?.toLowerCase() ?? ''
  const mime = /^[a-z]+\/[a-z0-9.+-]+$/i.test(said)
    ? said.toLowerCase()
    : (ENDINGS[ending] ?? 'application/octet-stream')
  const width = size(attachment.width)
  const height = size(attachment.height)
  const duration = secondsOf(attachment.duration)
  const focus = focusOf(attachment.focalPoint)
  return {
    kind: KINDS.find(([sign]) => sign.test(mime))?.[1] ?? 'unknown',
    mime,
    remoteUrl,
    previewUrl: previewOf(attachment.icon),
    blurhash: /^[\w#$%*+,\-.:;=?@[\]^{|}~]{6,120}$/.test(String(attachment.blurhash))
      ? String(attachment.blurhash)
      : null,
    description: textOf(attachment.summary ?? attachment.name, MOST_ALT) || null,
    ...(width && height ? { width, height } : {}),
    ...(duration ? { duration } : {}),
    ...(focus ? { focus } : {}),
  }
}

/** A span of time such as PT1H2M3.5S, in seconds. */
export function secondsOf(value: unknown): number | undefined {
  const found = /^PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?$/.exec(textOf(value, 60))
  if (!found) return undefined
  const [, hours = 0, minutes = 0, seconds = 0] = found
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) || undefined
}

/** The still that comes with a film, or the cover of a sound. */
export function previewOf(icon: unknown): string | null {
  const [first] = listOf(icon, 1)
  return webUrl(isObject(first) ? listOf(first.url ?? first.href, 1)[0] : first)
}

/** A width or height in pixels that can be one. */
export function size(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value < 100_000 ? Math.round(value) : undefined
}

function focusOf(value: unknown): { x: number; y: number } | null {
  const [x, y] = listOf(value, 2)
  if (typeof x !== 'number' || typeof y !== 'number') return null
  const held = (number: number) => Math.max(-1, Math.min(1, number))
  return { x: held(x), y: held(y) }
}
