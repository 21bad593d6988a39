import type { Hono } from 'hono'
import { headerOf } from '#platform/http/body.ts'
import type { Site } from '#platform/http/facts.ts'
import { appFile } from './app-files.ts'
import { assets, favicon } from './assets.ts'
import { assetHeaders } from './csp.ts'

/** Serves the style sheet and drawings under names that hold their hash, and robots.txt. */
export function mountAssets(site: Hono<Site>): void {
  site.get('/assets/:name', (c) => {
    const asset = assets.get(new URL(c.req.url).pathname)
    if (!asset) return c.notFound()
    const headers: Record<string, string> = {
      ...assetHeaders(),
      'content-type': asset.type,
      vary: 'Accept-Encoding',
    }
    if (!/\bbr\b/.test(headerOf(c, 'accept-encoding') ?? ''))
      return c.body(new Uint8Array(asset.body), 200, headers)
    return c.body(new Uint8Array(asset.brotli()), 200, { ...headers, 'content-encoding': 'br' })
  })
  site.get('/assets/app/:name', (c) => {
    const file = appFile(c.req.param('name'))
    if (!file) return c.notFound()
    const headers = { ...assetHeaders(), 'content-type': file.type, vary: 'Accept-Encoding' }
    if (!/\bbr\b/.test(headerOf(c, 'accept-encoding') ?? '')) return c.body(file.body, 200, headers)
    return c.body(file.brotli, 200, { ...headers, 'content-encoding': 'br' })
  })
  site.get('/favicon.ico', (c) => c.redirect(favicon.path, 302))
  const robots =
    'User-agent: *\nDisallow: /auth/\nDisallow: /oauth/\nDisallow: /settings/\nDisallow: /admin/\n'
  site.get('/robots.txt', (c) => c.text(robots, 200, { 'cache-control': 'public, max-age=86400' }))
}
