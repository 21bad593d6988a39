import type { Context, Hono } from 'hono'
import type { App } from '#app.ts'
import { lookAtRemote } from '#media/remote-media.ts'
import { remoteSource } from '#media/remote-sources.ts'
import { Refusal } from '#platform/errors.ts'
import { networkOf } from '#platform/http/client-address.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import type { Limits } from '#platform/http/limits.ts'
import { HttpRefusal } from '#platform/http/refuse.ts'
import { FILE_HEADERS, serveBlob } from './media-files.ts'

const PREFIX = '/media_proxy/'
/** The address changes with what it leads to; a copy may go and come back meanwhile. */
const KEEP = 'public, max-age=604800, immutable'

/** Serves what lies on other servers under our own address, so that nobody's reading is told there. */
export function mountMediaProxy(site: Hono<Site>, app: App, limits: Limits): void {
  site.get(`${PREFIX}:id/*`, async (c) => {
    const parts = c.req.path.slice(PREFIX.length).split('/')
    const meant = await remoteSource(app, parts)
    if (!meant) return nothing(c, parts[0])
    if ('moved' in meant) return c.redirect(meant.moved, 302)
    try {
      const look = await lookAtRemote(app, meant.source, () => count(c, app, limits))
      if (look.kind === 'failed') return nothing(c, parts[0])
      if (look.kind === 'elsewhere') return c.redirect(look.url, 302)
      if (look.kind === 'copy') return await serveBlob(c, app, look.blob, KEEP)
      const headers = { ...FILE_HEADERS, 'Cache-Control': 'no-store', 'Content-Type': look.mime }
      return c.body(new Uint8Array(look.bytes), 200, headers)
    } catch (error) {
      if (error instanceof HttpRefusal) return c.text(error.message, 429, { 'Retry-After': '60' })
      if (error instanceof Refusal) return c.text(error.message, 503, { 'Retry-After': '10' })
      throw error
    }
  })
}

/** Only looks that make us ask another server count: a page of pictures we have is no burden. */
function count(c: Context<Site>, app: App, limits: Limits): void {
  const standing = limits.take('media-proxy', networkOf(clientOf(c).ip), app.now())
  if (standing?.over) throw new HttpRefusal(429, 'Too many requests')
}

function nothing(c: Context<Site>, kind: string | undefined): Response | Promise<Response> {
  if (kind === 'avatars' || kind === 'headers') return c.redirect(`/${kind}/original/missing.png`, 302)
  return c.notFound()
}
