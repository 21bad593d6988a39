import type { Hono } from 'hono'
import type { App } from '#app.ts'
import { findToken } from '#auth/tokens.ts'
import type { Site } from '#platform/http/facts.ts'
import { mountHealth } from '#platform/http/health.ts'
import { openLimits } from '#platform/http/limits.ts'
import { mount } from '#platform/http/mount.ts'
import { openApi } from '#platform/http/openapi.ts'
import { openRouter } from '#platform/http/router.ts'
import { scratchDirectory } from '#platform/scratch.ts'
import { version } from '#platform/version.ts'
import { endpoints } from './endpoints.ts'
import { mountDocuments } from './federation/documents/documents.ts'
import { mountInbox } from './federation/inbox/receive.ts'
import { mountMetrics } from './streaming/metrics.ts'
import { mountMedia } from './web/media-files.ts'
import { mountMediaProxy } from './web/media-proxy.ts'
import { brokenPage, mountPages, notFoundPage } from './web/site.ts'

export type SiteOptions = {
  /** Opens /setup until setup is finished. */
  setupCode: string
  /** Parses every answer against its declaration (tests). */
  checkAnswers?: boolean
}

/** Joins every door that speaks HTTP into one router. */
export function openSite(app: App, options: SiteOptions): Hono<Site> {
  const limits = openLimits({ off: !app.config.rateLimits })
  const site = openRouter({
    log: app.log,
    notFound: (c) => notFoundPage(app, c),
    broken: (c, requestId) => brokenPage(app, c, requestId),
  })
  mountHealth(site, () => readiness(app))
  mountMetrics(site, app)
  mountOpenApi(site, app)
  mount(site, endpoints, app, {
    findViewer: (token) => findToken(app, token),
    limits,
    checkAnswers: options.checkAnswers ?? false,
    uploadsDir: scratchDirectory(app),
  })
  mountInbox(site, app, limits)
  mountDocuments(site, app, limits)
  mountMedia(site, app)
  mountMediaProxy(site, app, limits)
  mountPages(site, app, { limits, setupCode: options.setupCode })
  return site
}

async function readiness(app: App) {
  const started = app.now()
  await app.inTransaction(async (tx) => {
    const value = String(started)
    await tx.db
      .insertInto('meta')
      .values({ name: 'ready', value })
      .onConflict((clash) => clash.column('name').doUpdateSet({ value }))
      .execute()
  })
  return { ok: true, details: { database: app.dialect.name, write_ms: app.now() - started } }
}

function mountOpenApi(site: Hono<Site>, app: App) {
  let text: string | undefined
  site.get('/api/openapi.json', (c) => {
    const origin = app.domains.all()[0]?.origin
    text ??= JSON.stringify(openApi(endpoints, { title: 'Hyrax', version, ...(origin ? { origin } : {}) }))
    return c.body(text, 200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Access-Control-Allow-Origin': '*',
    })
  })
}
