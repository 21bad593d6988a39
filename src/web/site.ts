import type { Context, Hono } from 'hono'
import type { App } from '#app.ts'
import type { Site } from '#platform/http/facts.ts'
import type { Limits } from '#platform/http/limits.ts'
import { mountAdminPeople } from './admin-people.ts'
import { mountApp } from './app-pages.ts'
import { mountAssets } from './asset-routes.ts'
import { mountAuthorizedApps } from './authorized-apps-pages.ts'
import { mountCollections } from './collection-pages.ts'
import { mountConsent } from './consent-pages.ts'
import { mountEmbed } from './embed-pages.ts'
import { mountFeeds } from './feed-pages.ts'
import { mountInstall } from './install.ts'
import { mountInteract } from './interact-pages.ts'
import { mountMailPages } from './mail-pages.ts'
import { mountOldPaths } from './old-paths.ts'
import { mountPlayer } from './player-pages.ts'
import { mountPublicPages } from './public-pages.ts'
import { openRoutes } from './route.ts'
import { mountSettingsPages } from './settings/mount.ts'
import { mountSettings } from './settings-pages.ts'
import { mountSetup } from './setup-pages.ts'
import { mountSignIn } from './sign-in-pages.ts'
import { mountSignUp } from './sign-up-pages.ts'
import { strangeHost } from './strange-host.ts'
import { mountTexts } from './text-pages.ts'
import { errorPage } from './views/error.ts'
import { refusePage, send, visitOf } from './visit.ts'

export type PageOptions = { limits: Limits; setupCode: string }

/** The list of pages. */
export function mountPages(site: Hono<Site>, app: App, options: PageOptions): void {
  mountAssets(site)
  mountInstall(site, app)
  const routes = openRoutes(site, app)
  mountSetup(routes, options)
  mountSignIn(routes)
  mountSignUp(routes, options)
  mountMailPages(routes)
  mountConsent(routes)
  mountInteract(routes)
  mountSettings(routes)
  mountAuthorizedApps(routes)
  mountAdminPeople(routes)
  mountTexts(routes)
  mountFeeds(routes)
  mountEmbed(routes)
  mountPlayer(routes)
  mountCollections(routes)
  mountSettingsPages(routes)
  mountOldPaths(routes)
  mountApp(routes)
  // Last: /@name and the like would otherwise shadow fixed paths.
  mountPublicPages(routes)
}

export type Routes = ReturnType<typeof openRoutes>

/** Said where no page is. */
export async function notFoundPage(app: App, c: Context<Site>): Promise<Response> {
  const visit = await visitOf(app, c)
  return visit ? refusePage(visit, 404) : strangeHost(app, c)
}

/** Said when something broke that nobody foresaw. */
export async function brokenPage(app: App, c: Context<Site>, requestId: string): Promise<Response> {
  const visit = await visitOf(app, c).catch(() => null)
  if (!visit) return c.text(`Something went wrong (request ${requestId})`, 500)
  return send(visit, errorPage(visit.frame, { status: 500, requestId }), { status: 500 })
}
