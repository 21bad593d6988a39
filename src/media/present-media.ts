import { z } from 'zod'
import type { HostedDomain } from '#app.ts'
import type { MediaRow } from '#statuses/statuses.ts'

const Size = z.object({
  width: z.number(),
  height: z.number(),
  size: z.string(),
  aspect: z.number(),
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
      focus: z.object({ x: z.number(), y: z.number() }).optional(),
      length: z.string().optional(),
      duration: z.number().optional(),
    })
    .nullable(),
  description: z.string().nullable(),
  blurhash: z.string().nullable(),
})
export type MediaAttachment = z.infer<typeof MediaAttachment>

type Meta = { width?: number; height?: number; duration?: number; focus?: { x: number; y: number } }

/** An attachment as clients see it. Files of other servers keep their own address. */
export function presentMedia(row: MediaRow, domain: HostedDomain): MediaAttachment {
  const meta = JSON.parse(row.meta) as Meta
  const own = row.file_key === null ? null : `${domain.origin}/media/${row.file_key}`
  const preview = row.preview_key === null ? null : `${domain.origin}/media/${row.preview_key}`
  const { width, height } = meta
  const original =
    width && height ? { width, height, size: `${width}x${height}`, aspect: width / height } : undefined
  return {
    id: String(row.id),
    type: row.kind as MediaAttachment['type'],
    url: own ?? row.remote_url,
    preview_url: preview ?? own ?? (row.kind === 'image' ? row.remote_url : null),
    remote_url: row.remote_url,
    preview_remote_url: null,
    text_url: null,
    meta: {
      ...(original ? { original } : {}),
      ...(meta.focus ? { focus: meta.focus } : {}),
      ...(meta.duration ? { duration: meta.duration } : {}),
    },
    description: row.description,
    blurhash: row.blurhash,
  }
}
