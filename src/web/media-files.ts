import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Context, Hono } from 'hono'
import type { App } from '#app.ts'
import { type BlobRow, type ByteRange, blobByKey } from '#platform/blobs/blobs.ts'
import { headerOf } from '#platform/http/body.ts'
import type { Site } from '#platform/http/facts.ts'
import { MEDIA_ENDINGS } from '#platform/media-types.ts'

/** Pictures that stand in where there is none, at the addresses that clients and other servers know. */
const STATIC: Record<string, string> = {
  '/avatars/original/missing.png': 'avatar-missing',
  '/headers/original/missing.png': 'header-missing',
  '/assets/preview.png': 'preview',
  '/assets/icon.png': 'icon-192',
  '/assets/icon-512.png': 'icon-512',
}

/** On every file: whatever it holds, a browser must not run it (MED-14), and anybody may show it. */
export const FILE_HEADERS = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

/** Serves uploaded files under /media/ and the pictures that stand in. Mount before anything that takes /assets/. */
export function mountMedia(site: Hono<Site>, app: App): void {
  site.get('/media/:name', (c) => serveFile(c, app))
  for (const [path, name] of Object.entries(STATIC)) {
    const body = new Uint8Array(readFileSync(new URL(`./assets/${name}.png`, import.meta.url)))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
    const headers = {
      ...FILE_HEADERS,
      'Cache-Control': 'public, max-age=86400',
      'Content-Type': 'image/png',
      ETag: etag,
    }
    site.get(path, (c) => (isKnown(c, etag) ? c.body(null, 304, headers) : c.body(body, 200, headers)))
  }
}

async function serveFile(c: Context<Site>, app: App): Promise<Response> {
  const [key = '', ending, ...more] = (c.req.param('name') ?? '').split('.')
  const blob = await blobByKey(app, key)
  if (!blob || more.length > 0 || (ending !== undefined && ending !== MEDIA_ENDINGS[blob.mime]))
    return c.notFound()
  return serveBlob(c, app, blob, 'public, max-age=31536000, immutable')
}

/** Answers with a stored file, or the part of it that was asked for. */
export async function serveBlob(
  c: Context<Site>,
  app: App,
  blob: BlobRow,
  cacheControl: string,
): Promise<Response> {
  const headers: Record<string, string> = {
    ...FILE_HEADERS,
    'Cache-Control': cacheControl,
    'Content-Type': blob.mime in MEDIA_ENDINGS ? blob.mime : 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    ETag: `"${blob.key}"`,
  }
  if (!(blob.mime in MEDIA_ENDINGS)) headers['Content-Disposition'] = 'attachment'
  if (isKnown(c, `"${blob.key}"`)) return c.body(null, 304, headers)
  const range = rangeOf(c, blob)
  if (range === 'beyond') return c.body(null, 416, { ...headers, 'Content-Range': `bytes */${blob.size}` })
  const { start, end } = range ?? { start: 0, end: blob.size - 1 }
  headers['Content-Length'] = String(end - start + 1)
  if (range) headers['Content-Range'] = `bytes ${start}-${end}/${blob.size}`
  const status = range ? 206 : 200
  if (c.req.method === 'HEAD') return c.body(null, status, headers)
  const body = await app.blobs.read(blob.hash, { start, end })
  if (body) return c.body(body as Uint8Array<ArrayBuffer> | ReadableStream, status, headers)
  app.log.error({ key: blob.key, hash: blob.hash }, 'a file is missing from the media directory')
  return c.notFound()
}

function isKnown(c: Context<Site>, etag: string): boolean {
  const known = headerOf(c, 'if-none-match')
  return known?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag) ?? false
}

/** One range; several are answered as none (MED-15: thousands of parts would multiply the answer). */
function rangeOf(c: Context<Site>, { size, key }: BlobRow): ByteRange | 'beyond' | undefined {
  const asked = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(headerOf(c, 'range') ?? '')
  const condition = headerOf(c, 'if-range')
  if (!asked || (condition !== undefined && condition !== `"${key}"`)) return undefined
  const [, from = '', to = ''] = asked
  if (from === '' && to === '') return undefined
  if (from === '') return to === '0' ? 'beyond' : { start: Math.max(0, size - Number(to)), end: size - 1 }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return undefined
  return start >= size ? 'beyond' : { start, end }
}
