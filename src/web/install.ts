import type { Context, Hono } from 'hono'
import type { App, HostedDomain } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import { discardAll, readForm } from '#platform/http/input.ts'
import { takenMimeTypes } from '#platform/media-types.ts'
import { appManifest, appPath, workerScript } from './app-files.ts'
import { appStyle, favicon, style } from './assets.ts'
import { workerHeaders } from './csp.ts'
import { installWords } from './words-install.ts'

const SHARED = ['title', 'text', 'url'] as const
const MOST_SHARED = 10_000

/** Adds what makes the member app one that is installed: its manifest, its service worker, and the address to share to. */
export function mountInstall(site: Hono<Site>, app: App): void {
  site.get('/manifest.webmanifest', async (c) => {
    const domain = domainOf(app, c)
    if (!domain) return c.notFound()
    return c.body(JSON.stringify(await manifestOf(app, domain)), 200, {
      'content-type': 'application/manifest+json',
      'cache-control': 'public, max-age=3600',
      'x-content-type-options': 'nosniff',
    })
  })
  site.get('/sw.js', (c) => {
    const script = domainOf(app, c) ? workerScript() : null
    if (script === null) return c.notFound()
    return c.body(`self.hyraxFiles=${JSON.stringify(shellFiles())};\n${script}`, 200, workerHeaders())
  })
  // The service worker takes what is shared, files too; where it is not there yet the words alone are taken along.
  site.post('/share', async (c) => c.redirect(`/share?${await sharedWords(c)}`, 303))
}

function domainOf(app: App, c: Context<Site>): HostedDomain | null {
  const domain = app.domains.byHost(clientOf(c).host ?? '')
  return domain && domain.confirmed_at !== null ? domain : null
}

/** The files without which the app does not start. */
export function shellFiles(): string[] {
  const manifest = appManifest()
  const pieces = Object.keys(manifest?.sizes ?? {}).filter((name) => name !== manifest?.worker)
  return [...pieces.map(appPath), style.path, appStyle.path, favicon.path]
}

/** https://www.w3.org/TR/appmanifest/ of one hosted domain. */
async function manifestOf(app: App, domain: HostedDomain) {
  const { title, short_description } = await siteOf(app, domain.id)
  const icon = (size: number, src: string) => ({
    src,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose: 'any maskable',
  })
  const small = icon(192, '/assets/icon.png')
  const shortcut = (name: string, url: string) => ({ name, url, icons: [small] })
  return {
    id: '/home',
    name: title,
    short_name: title.slice(0, 12),
    ...(short_description ? { description: short_description } : {}),
    start_url: '/home',
    scope: '/',
    display: 'standalone',
    background_color: '#f8f6f2',
    theme_color: '#2c7565',
    icons: [small, icon(512, '/assets/icon-512.png')],
    shortcuts: [
      shortcut(installWords.write, '/publish'),
      shortcut(installWords.notifications, '/notifications'),
      shortcut(installWords.search, '/search'),
    ],
    share_target: {
      action: '/share',
      method: 'POST',
      enctype: 'multipart/form-data',
      params: {
        ...Object.fromEntries(SHARED.map((name) => [name, name])),
        files: [{ name: 'file', accept: takenMimeTypes(app.config.ffmpeg !== undefined) }],
      },
    },
    protocol_handlers: [
      { protocol: 'web+ap', url: '/authorize_interaction?uri=%s' },
      { protocol: 'web+mastodon', url: '/intent?uri=%s' },
    ],
  }
}

async function sharedWords(c: Context<Site>): Promise<URLSearchParams> {
  const query = new URLSearchParams()
  const read = await readForm(c).catch(() => null)
  for (const name of SHARED) {
    const value = read?.form[name]
    if (typeof value === 'string' && value) query.set(name, value.slice(0, MOST_SHARED))
  }
  await discardAll(read?.files ?? [])
  return query
}
