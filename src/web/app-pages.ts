import { appTokenOf } from '#auth/app-token.ts'
import { presentCredentials } from '#auth/present-credentials.ts'
import { presentInstance, streamingUrl } from '#instance/present-instance.ts'
import { readPage } from '#platform/paging.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { homeIds } from '#timelines/home.ts'
import { markersOf } from '#timelines/markers.ts'
import { appManifest, appPath } from './app-files.ts'
import { appStyle } from './assets.ts'
import { appHeaders } from './csp.ts'
import { askToSignIn } from './route.ts'
import type { Routes } from './site.ts'
import { appPage } from './views/app.ts'
import type { Visit } from './visit.ts'
import { send, sessionToken } from './visit.ts'

const FIRST_POSTS = 20

/** Paths that belong to the member app alone; visitors are asked to sign in. */
const MEMBERS = [
  '/home',
  '/public',
  '/public/local',
  '/public/remote',
  '/notifications',
  '/conversations',
  '/bookmarks',
  '/favourites',
  '/lists',
  '/lists/:id',
  '/lists/:id/edit',
  '/explore',
  '/explore/:kind',
  '/followed_tags',
  '/scheduled',
  '/notifications/requests',
  '/search',
  '/publish',
  '/share',
  '/follow_requests',
  '/blocks',
  '/mutes',
  '/:handle{@[A-Za-z0-9_.@:-]+}/followers',
  '/:handle{@[A-Za-z0-9_.@:-]+}/following',
  '/:handle{@[A-Za-z0-9_.@:-]+}/:id{[0-9]+}/favourites',
  '/:handle{@[A-Za-z0-9_.@:-]+}/:id{[0-9]+}/reblogs',
]

/** Where a signed-in person's app begins. */
export const HOME = '/home'

/** The shell of the member app: one document for all its paths, filled with what the first view needs. */
export function mountApp(routes: Routes): void {
  for (const path of MEMBERS)
    routes.get(path, (visit) =>
      wantsApp(visit) ? sendApp(visit) : askToSignIn(visit, new URL(visit.c.req.url).pathname),
    )
}

/** Whether this visit gets the app: a member, unless they asked for the plain page. */
export function wantsApp(visit: Visit): boolean {
  return (
    visit.session !== null &&
    appManifest() !== null &&
    new URL(visit.c.req.url).searchParams.get('plain') !== '1'
  )
}

/** Sends the shell with its first data. */
export async function sendApp(visit: Visit): Promise<Response> {
  const { app, domain, session, frame } = visit
  const cookie = sessionToken(visit)
  const manifest = appManifest()
  if (!session || !cookie || !manifest) return askToSignIn(visit, HOME)
  const { account, user } = session
  const path = new URL(visit.c.req.url).pathname
  const reader = { domain, account }
  const ids = path === HOME ? await homeIds(app, account, readPage({}, FIRST_POSTS)) : null
  const boot = {
    token: await appTokenOf(app, session, cookie),
    csrf: session.csrf,
    me: await presentCredentials(app, domain, { account, user }),
    instance: await presentInstance(app, domain),
    markers: await markersOf(app, account, ['home', 'notifications']),
    home: ids && (await presentStatuses(app, reader, ids)),
    words: Object.fromEntries(Object.entries(manifest.words).map(([code, name]) => [code, appPath(name)])),
  }
  const script = appPath(manifest.entry)
  const shell = appPage(frame, { boot, script, pieces: manifest.imports.map(appPath), style: appStyle.path })
  return send(visit, shell, {
    headers: { ...appHeaders(streamingUrl(app, domain)), 'x-hyrax-shell': '1' },
  })
}
