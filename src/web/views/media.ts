import type { Html } from '../html.ts'
import { html, safeUrl } from '../html.ts'
import { icon } from '../icons.ts'
import { words } from '../words.ts'

/** As MediaAttachment of the API. */
export type ShownMedia = {
  type: 'unknown' | 'image' | 'gifv' | 'video' | 'audio'
  url: string | null
  preview_url: string | null
  remote_url: string | null
  description: string | null
  meta: {
    original?: { width?: number; height?: number }
    focus?: { x: number; y: number }
  } | null
}

/** Pictures and videos in one box by their number, then sound, then files we cannot show. */
export function mediaOf(media: readonly ShownMedia[]): Html {
  const seen = media.filter(({ type, url }) => type !== 'unknown' && type !== 'audio' && safeUrl(url))
  const rest = media.filter((each) => !seen.includes(each))
  const count = seen.length > 4 ? 'many' : seen.length
  const wide = seen.every(({ meta }) => (meta?.original?.width ?? 0) > (meta?.original?.height ?? 0))
  return html`
    ${
      seen.length > 0 &&
      html`<div class="media" data-part="status-media" data-count="${count}"${wide && html` data-wide`}>${seen.map(picture)}</div>`
    }
    ${rest.map((each) => (each.type === 'audio' && safeUrl(each.url) ? sound(each) : file(each)))}
  `
}

/** What a closed warning holds besides its text: `2 pictures, poll`. */
export function mediaInWords(media: readonly ShownMedia[], poll: boolean): string[] {
  const say = words.status
  const count = (...types: ShownMedia['type'][]) => media.filter(({ type }) => types.includes(type)).length
  const [images, videos, sounds, files] = [
    count('image'),
    count('video', 'gifv'),
    count('audio'),
    count('unknown'),
  ]
  return [
    ...(images > 0 ? [say.images(images)] : []),
    ...(videos > 0 ? [say.videos(videos)] : []),
    ...(sounds > 0 ? [say.sounds(sounds)] : []),
    ...(files > 0 ? [say.files(files)] : []),
    ...(poll ? [say.poll] : []),
  ]
}

function picture(media: ShownMedia): Html {
  const { description, meta } = media
  const size =
    meta?.original?.height && html` width="${meta.original.width}" height="${meta.original.height}"`
  const { x = 0, y = 0 } = meta?.focus ?? {}
  // Without inline styles the focal point is kept in fifths.
  const focus = meta?.focus && html` data-fx="${fifth(x)}" data-fy="${fifth(-y)}"`
  const url = safeUrl(media.url)
  return html`
    <figure>
      ${
        media.type === 'image'
          ? html`<a href="${url}"><img class="u-photo" src="${safeUrl(media.preview_url) || url}" alt="${description}"${size}${focus} loading="lazy" decoding="async"></a>`
          : html`<video class="u-video" src="${url}" controls preload="none" playsinline${poster(media)}${media.type === 'gifv' && html` loop muted`}${size}${description && html` aria-label="${description}"`}></video>`
      }
      ${description && alt(description)}
    </figure>
  `
}

function poster({ preview_url: preview, url }: ShownMedia): Html | false {
  return preview !== url && safeUrl(preview) !== '' && html` poster="${safeUrl(preview)}"`
}

function alt(description: string): Html {
  const say = words.status
  return html`<details class="alt"><summary title="${say.altOf}">${say.alt}</summary><p dir="auto">${description}</p></details>`
}

function sound({ url, description }: ShownMedia): Html {
  return html`
    <figure class="sound">
      <audio class="u-audio" src="${safeUrl(url)}" controls preload="none" aria-label="${description || words.status.listen}"></audio>
      ${description && html`<figcaption class="hint" dir="auto">${description}</figcaption>`}
    </figure>
  `
}

function file(media: ShownMedia): Html | false {
  const url = safeUrl(media.remote_url) || safeUrl(media.url)
  if (!url) return false
  const host = URL.canParse(url) ? new URL(url).host : ''
  return html`
    <p class="file">
      ${icon('file')}
      <a href="${url}" rel="nofollow noopener noreferrer">${media.description || words.status.unknownFile(host)}</a>
    </p>
  `
}

function fifth(at: number): number {
  return Math.round((Math.min(1, Math.max(-1, at)) + 1) * 2)
}
