import { z } from 'zod'
import { tagOf } from '#accounts/proxied.ts'
import type { HostedDomain } from '#app.ts'
import { MEDIA_ENDINGS } from '#platform/media-types.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import type { MediaMeta } from './media.ts'
import { readMeta } from './media.ts'

const Size = z.object({
  width: z.number().optional(),
  height: z.number().optional(),
  size: z.string().optional(),
  aspect: z.number().optional(),
  frame_rate: z.string().optional(),
  duration: z.number().optional(),
  bitrate: z.number().optional(),
})

/** https://docs.joinmastodon.org/entities/MediaAttachment/ */
export const MediaAttachment = z.object({
  id: z.string(),
  type: z.enum(['unknown', 'image', 'gifv', 'video', 'audio']),
  url: z.string().nullable(),
  preview_url: z.string().nullable(),
  remote_url: z.string().nullable(),
  preview_remote_url: z.string().nullable(),
  text_url: z.string().nullable(),
  meta: z
    .object({
      original: Size.optional(),
      small: Size.optional(),
      focus: z.object({ x: z.number(), y: z.number() }).optional(),
      length: z.string().optional(),
      duration: z.number().optional(),
      fps: z.number().optional(),
      width: z.number().optional(),
      height: z.number().optional(),
      size: z.string().optional(),
      aspect: z.number().optional(),
    })
    .nullable(),
  description: z.string().nullable(),
  blurhash: z.string().nullable(),
})
export type MediaAttachment = z.infer<typeof MediaAttachment>

/** The address of a file of ours. */
export function fileUrl(domain: HostedDomain, key: string, mime: string | undefined): string {
  const ending = mime === undefined ? undefined : MEDIA_ENDINGS[mime]
  return `${domain.origin}/media/${key}${ending ? `.${ending}` : ''}`
}

/** An attachment as clients see it; what lies elsewhere is reached through our proxy. */
export function presentMedia(row: MediaRow, domain: HostedDomain): MediaAttachment {
  const meta = readMeta(row)
  return {
    id: String(row.id),
    type: row.kind as MediaAttachment['type'],
    url: urlOf(row, domain),
    preview_url: previewOf(row, domain, meta),
    remote_url: row.remote_url,
    preview_remote_url: row.preview_url,
    text_url: null,
    meta: shownMeta(row, meta),
    description: row.description,
    blurhash: row.blurhash,
  }
}

function urlOf(row: MediaRow, domain: HostedDomain): string | null {
  if (row.file_key !== null) return fileUrl(domain, row.file_key, row.mime)
  if (row.remote_url === null || row.kind === 'unknown') return row.remote_url
  return `${domain.origin}/media_proxy/${row.id}/original/${tagOf(row.remote_url)}`
}

function previewOf(row: MediaRow, domain: HostedDomain, meta: MediaMeta): string | null {
  if (row.preview_key !== null) return fileUrl(domain, row.preview_key, meta.preview?.mime)
  if (row.remote_url === null) return row.kind === 'image' ? urlOf(row, domain) : null
  const hasSmall = row.kind === 'image' || row.preview_url !== null
  return hasSmall ? `${domain.origin}/media_proxy/${row.id}/small/${tagOf(row.remote_url)}` : null
}

function shownMeta(row: MediaRow, meta: MediaMeta): MediaAttachment['meta'] {
  const { focus, duration, frameRate, bitrate, preview } = meta
  const size = shownSize(meta)
  if (row.kind === 'image') {
    return {
      ...(size ? { original: size } : {}),
      ...(preview ? { small: shownSize(preview) } : {}),
      ...(focus ? { focus } : {}),
    }
  }
  const running = {
    ...size,
    ...(frameRate ? { frame_rate: frameRate } : {}),
    ...(duration ? { duration } : {}),
    ...(bitrate ? { bitrate } : {}),
  }
  return {
    ...(duration ? { length: clockOf(duration), duration } : {}),
    ...(frameRate ? { fps: ratio(frameRate) } : {}),
    ...size,
    ...(Object.keys(running).length > 0 ? { original: running } : {}),
    ...(preview ? { small: shownSize(preview) } : {}),
    ...(focus ? { focus } : {}),
  }
}

function shownSize({ width, height }: { width?: number; height?: number }) {
  return width && height ? { width, height, size: `${width}x${height}`, aspect: width / height } : undefined
}

/** `h:mm:ss.cc`, as ffmpeg writes it. */
function clockOf(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const rest = (seconds % 60).toFixed(2).padStart(5, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${rest}`
}

function ratio(frameRate: string): number {
  const [above = 0, below = 1] = frameRate.split('/').map(Number)
  return Math.round(above / (below || 1))
}
