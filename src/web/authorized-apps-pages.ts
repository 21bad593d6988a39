import { authorizedApps, shutOutApp } from '#auth/authorized-apps.ts'
import { readId } from '#platform/ids.ts'
import { isoTime } from '#platform/times.ts'
import { paths } from './paths.ts'
import { askToSignIn, signedIn } from './route.ts'
import type { Routes } from './site.ts'
import { authorizedAppsPage } from './views/authorized-apps.ts'
import type { Visit } from './visit.ts'
import { goTo, send } from './visit.ts'

/** Where a member sees which apps may act for them, and shuts them out. */
export function mountAuthorizedApps(routes: Routes): void {
  routes.get(paths.authorizedApps, async (visit) => {
    if (!visit.session) return askToSignIn(visit, paths.authorizedApps)
    const { app, frame, session } = visit
    const apps = (await authorizedApps(app, session.user)).map((each) => ({
      id: String(each.id),
      name: each.name,
      website: each.website,
      since: isoTime(each.since),
      lastUsedAt: each.lastUsedAt === null ? null : isoTime(each.lastUsedAt),
    }))
    return send(visit, authorizedAppsPage(frame, { apps, now: app.now() }))
  })

  routes.post(`${paths.authorizedApps}/:id/revoke`, revoke)
  routes.delete(`${paths.authorizedApps}/:id`, revoke)
}

async function revoke(visit: Visit): Promise<Response> {
  signedIn(visit)
  const id = readId(visit.c.req.param('id'))
  if (id !== null) await shutOutApp(visit.app, visit.session.user, id)
  return goTo(visit, paths.authorizedApps)
}
