import type { DraftMedia } from '#statuses/draft.ts'
import { previewOf, secondsOf, size } from './read-media.ts'
import type { Shaped } from './shape.ts'
import { isA, isObject, listOf, textOf, webUrl } from './shape.ts'

/** A film this high plays on every phone; a higher one is taken where there is no other. */
const WANTED_HEIGHT = 720
const MOST_LINKS = 60

type Found = { url: string; mime: string; width: number | undefined; height: number | undefined }

/** The film or sound that an object is, rather than has (PeerTube, Funkwhale, Owncast): its best file, still and length. */
export function readPlayable(object: Shaped): DraftMedia[] {
  const kind = isA(object, 'Video')
    ? 'video'
    : isA(object, 'Audio')
      ? 'audio'
      : isA(object, 'Image')
        ? 'image'
        : null
  if (kind === null) return []
  const best = bestOf(filesOf(object.url, kind))
  if (!best) return []
  const duration = secondsOf(object.duration)
  return [
    {
      kind,
      mime: best.mime,
      remoteUrl: best.url,
      previewUrl: largestOf(object.icon) ?? previewOf(object.image),
      blurhash: null,
      description: textOf(object.name, 1500) || null,
      ...(best.width && best.height ? { width: best.width, height: best.height } : {}),
      ...(duration ? { duration } : {}),
    },
  ]
}

/** Links to files of this kind, also those below a playlist. */
function filesOf(value: unknown, kind: string): Found[] {
  return listOf(value, MOST_LINKS).flatMap((link): Found[] => {
    if (!isObject(link)) return []
    const mime = textOf(link.mediaType, 100).toLowerCase()
    const url = webUrl(link.href ?? link.url)
    const own =
      url && mime.startsWith(`${kind}/`)
        ? [{ url, mime, width: size(link.width), height: size(link.height) }]
        : []
    return mime === 'application/x-mpegurl' ? [...own, ...filesOf(link.tag, kind)] : own
  })
}

/** The highest that is not higher than wanted, else the lowest of all. */
function bestOf(files: readonly Found[]): Found | undefined {
  const sorted = [...files].sort((a, b) => (b.height ?? 0) - (a.height ?? 0))
  return sorted.find(({ height = 0 }) => height <= WANTED_HEIGHT) ?? sorted.at(-1)
}

/** Of several stills the widest. */
function largestOf(icons: unknown): string | null {
  const all = listOf(icons, 16).filter(isObject)
  const [widest] = all.sort((a, b) => (size(b.width) ?? 0) - (size(a.width) ?? 0))
  return widest ? previewOf(widest) : null
}
