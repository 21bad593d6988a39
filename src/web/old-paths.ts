import { accountById } from '#accounts/accounts.ts'
import { presentAccount } from '#accounts/present-account.ts'
import { notFound } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { visibleStatus } from '#statuses/visibility.ts'
import { HOME } from './app-pages.ts'
import { paths } from './paths.ts'
import type { Routes } from './site.ts'
import type { Visit } from './visit.ts'
import { goTo } from './visit.ts'

/** Where pages were that links, habits and settings of apps still know, and where they are now. */
const moved: Record<string, string> = {
  '/web': '/',
  '/timelines/home': HOME,
  '/timelines/public': '/public',
  '/timelines/public/local': '/public/local',
  '/about/more': paths.about,
  '/terms': paths.terms,
  '/auth/edit': paths.account,
  '/settings': paths.account,
}

/** Leads from addresses of older Mastodons, and from `web+mastodon:` links, to the pages of today. */
export function mountOldPaths(routes: Routes): void {
  for (const [from, to] of Object.entries(moved)) routes.get(from, (visit) => goTo(visit, to))
  // Everything of the web app once stood below /web.
  routes.get('/web/*', (visit) => {
    const { pathname, search } = urlOf(visit)
    return goTo(visit, pathname.slice('/web'.length) + search)
  })
  routes.get('/timelines/tag/:tag', (visit) => goTo(visit, paths.tag(visit.c.req.param('tag') ?? '')))
  routes.get('/accounts/:id{[0-9]+}', (visit) => toAccount(visit, readId(visit.c.req.param('id'))))
  routes.get('/statuses/:id{[0-9]+}', toStatus)
  routes.get('/authorize_follow', (visit) => {
    const asked = urlOf(visit).searchParams
    return interact(visit, asked.get('acct') ?? asked.get('uri') ?? '')
  })
  routes.get('/intent', intent)
}

const urlOf = (visit: Visit) => new URL(visit.c.req.url)

function interact(visit: Visit, uri: string): Response {
  return goTo(visit, `${paths.interact}?uri=${encodeURIComponent(uri)}`)
}

async function toAccount(visit: Visit, id: number | null): Promise<Response> {
  const account = id === null ? undefined : await accountById(visit.app, id)
  if (!account || account.suspended_at !== null) throw notFound()
  const reader = { domain: visit.domain, account: visit.session?.account ?? null }
  return goTo(visit, `/@${(await presentAccount(visit.app, reader, account)).acct}`)
}

async function toStatus(visit: Visit): Promise<Response> {
  const id = readId(visit.c.req.param('id'))
  const status = await visibleStatus(visit.app, visit.session?.account ?? null, id)
  const to = await toAccount(visit, status.account_id)
  return goTo(visit, `${to.headers.get('location')}/${status.id}`)
}

/** What a browser opens for `web+mastodon://follow?uri=acct:…`, since it was told that we know such links. */
function intent(visit: Visit): Response {
  const link = URL.parse(urlOf(visit).searchParams.get('uri') ?? '')
  if (link?.protocol !== 'web+mastodon:' || link.hostname !== 'follow') throw notFound()
  return interact(visit, link.searchParams.get('uri') ?? '')
}
