import type { AccountRow } from '#accounts/accounts.ts'
import { presentAccount } from '#accounts/present-account.ts'
import { isSetUp } from '#auth/set-up.ts'
import { tagByName } from '#hashtags/hashtags.ts'
import { rulesOf, siteOf } from '#instance/site.ts'
import { statsOf } from '#instance/stats.ts'
import { gone, notFound } from '#platform/errors.ts'
import { sanitize } from '#platform/html.ts'
import { readId } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'
import { readPage } from '#platform/paging.ts'
import { tagName } from '#platform/text/parse-text.ts'
import { version } from '#platform/version.ts'
import { pinnedIds } from '#statuses/pin-status.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { statusById } from '#statuses/statuses.ts'
import { ancestorIds, descendantIds, strangerBounds } from '#statuses/thread.ts'
import { visibleStatus } from '#statuses/visibility.ts'
import { accountStatusIds } from '#timelines/account-statuses.ts'
import { publicIds } from '#timelines/public.ts'
import { accountNamed } from './account-named.ts'
import { HOME, sendApp, wantsApp } from './app-pages.ts'
import { paths } from './paths.ts'
import type { Routes } from './site.ts'
import { aboutPage } from './views/about.ts'
import { awayPage } from './views/away.ts'
import { landingPage } from './views/landing.ts'
import type { Neighbours } from './views/lists.ts'
import type { ProfileTab } from './views/profile.ts'
import { profilePage } from './views/profile.ts'
import { statusPage } from './views/status.ts'
import { tagPage } from './views/tag.ts'
import type { Visit } from './visit.ts'
import { goTo, send } from './visit.ts'

const POSTS = 20
const FRONT_POSTS = 10
const KEPT_SECONDS = 15

/** Pages anybody may read. */
export function mountPublicPages(routes: Routes): void {
  routes.get('/', (visit) => (wantsApp(visit) ? goTo(visit, HOME) : front(visit)))
  routes.get('/about', about)
  routes.get('/tags/:tag', orApp(tag))
  routes.get(
    '/:handle{@[A-Za-z0-9_.@:-]+}',
    orApp((visit) => profile(visit, 'posts')),
  )
  routes.get(
    '/:handle{@[A-Za-z0-9_.@:-]+}/with_replies',
    orApp((visit) => profile(visit, 'replies')),
  )
  routes.get(
    '/:handle{@[A-Za-z0-9_.@:-]+}/media',
    orApp((visit) => profile(visit, 'media')),
  )
  routes.get('/:handle{@[A-Za-z0-9_.@:-]+}/:id{[0-9]+}', orApp(status))
}

/** A page that the app shows to members. */
const orApp = (plain: (visit: Visit) => Promise<Response>) => (visit: Visit) =>
  wantsApp(visit) ? sendApp(visit) : plain(visit)

const viewerOf = (visit: Visit) => visit.session?.account ?? null
const readerOf = (visit: Visit) => ({ domain: visit.domain, account: viewerOf(visit) })

function pageOf(visit: Visit): Page {
  const query = Object.fromEntries(new URL(visit.c.req.url).searchParams)
  return readPage({ max_id: query.max_id, min_id: query.min_id }, POSTS)
}

function neighbours(path: string, ids: number[], page: Page): Neighbours {
  const isFirst = page.maxId === null && page.minId === null
  const older = ids.length === page.limit || page.minId !== null ? `${path}?max_id=${ids.at(-1)}` : null
  return {
    newer: isFirst || ids.length === 0 ? null : `${path}?min_id=${ids[0]}`,
    older: ids.length > 0 ? older : null,
  }
}

async function front(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  if (!isSetUp(app))
    return send(visit, landingPage(frame, { description: '', statuses: null, now: app.now() }))
  const site = await siteOf(app, domain.id)
  if (site.single_user && site.contact_account_id !== null && !visit.session) {
    const owner = await app.db
      .selectFrom('account')
      .selectAll()
      .where('id', '=', site.contact_account_id)
      .executeTakeFirst()
    if (owner) return showProfile(visit, owner, 'posts')
  }
  const ask = { kind: 'local' as const, onlyMedia: false, domainId: domain.id }
  const ids = await publicIds(app, viewerOf(visit), ask, readPage({}, FRONT_POSTS))
  const statuses = await presentStatuses(app, readerOf(visit), ids)
  const description = sanitize(site.description || site.short_description)
  return send(visit, landingPage(frame, { description, statuses, now: app.now() }), {
    cacheSeconds: KEPT_SECONDS,
  })
}

async function about(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  const site = await siteOf(app, domain.id)
  const stats = await statsOf(app, domain.id)
  const contact = site.contact_account_id
  const row =
    contact === null
      ? undefined
      : await app.db.selectFrom('account').selectAll().where('id', '=', contact).executeTakeFirst()
  const rules = await rulesOf(app, domain.id)
  const data = {
    description: sanitize(site.description || site.short_description),
    rules: rules.map(({ id, text, hint }) => ({ id: String(id), text, hint })),
    contact: {
      account: row ? await presentAccount(app, readerOf(visit), row) : null,
      email: site.contact_email || null,
    },
    stats: { members: stats.users, posts: stats.statuses, servers: stats.domains },
    version,
  }
  return send(visit, aboutPage(frame, data), { cacheSeconds: KEPT_SECONDS })
}

async function profile(visit: Visit, tab: ProfileTab): Promise<Response> {
  const account = await accountNamed(visit, visit.c.req.param('handle') ?? '')
  if (account.domain_id === visit.domain.id) return showProfile(visit, account, tab)
  return elsewhere(visit, account, account.url ?? account.uri)
}

/** On to another domain of ours; for other servers a page that says where it leads (WEB-08). */
function elsewhere(visit: Visit, account: AccountRow, url: string): Response {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw notFound()
  if (account.domain_id === null) return send(visit, awayPage(visit.frame, { url }))
  return visit.c.body(null, 302, { location: url, 'cache-control': 'no-store' })
}

async function showProfile(visit: Visit, account: AccountRow, tab: ProfileTab): Promise<Response> {
  const { app, frame } = visit
  const page = pageOf(visit)
  const ask = { onlyMedia: tab === 'media', excludeReplies: tab === 'posts', excludeReblogs: tab === 'media' }
  const ids = await accountStatusIds(app, viewerOf(visit), account, ask, page)
  const shown = await presentAccount(app, readerOf(visit), account)
  const base = { posts: paths.profile, replies: paths.profileReplies, media: paths.profileMedia }[tab](
    account.username,
  )
  const statuses = await presentStatuses(app, readerOf(visit), ids)
  const html = profilePage(frame, {
    ...neighbours(base, ids, page),
    account: shown,
    tab,
    statuses,
    pinned: tab === 'posts' && isFirst(page) ? await presentPinned(visit, account) : [],
    now: app.now(),
  })
  return send(visit, html, { cacheSeconds: KEPT_SECONDS })
}

const isFirst = (page: Page) => page.maxId === null && page.minId === null && page.sinceId === null

async function presentPinned(visit: Visit, account: AccountRow) {
  return presentStatuses(visit.app, readerOf(visit), await pinnedIds(visit.app, account.id))
}

async function status(visit: Visit): Promise<Response> {
  const { app, frame } = visit
  const account = await accountNamed(visit, visit.c.req.param('handle') ?? '')
  const id = readId(visit.c.req.param('id'))
  const row = id === null ? undefined : await statusById(app, id)
  if (!row || row.account_id !== account.id) throw await isGone(visit, account, id)
  if (row.reblog_of_id !== null) throw notFound()
  const seen = await visibleStatus(app, viewerOf(visit), id)
  if (account.domain_id !== visit.domain.id) return elsewhere(visit, account, row.url ?? row.uri)
  const above = await ancestorIds(app, seen, strangerBounds)
  const below = await descendantIds(app, seen, strangerBounds)
  const all = await presentStatuses(app, readerOf(visit), [...above, seen.id, ...below])
  const upper = new Set(above.map(String))
  const main = all.find((each) => each.id === String(seen.id))
  if (!main) throw notFound()
  const html = statusPage(frame, {
    status: main,
    ancestors: all.filter((each) => upper.has(each.id)),
    descendants: all.filter((each) => !upper.has(each.id) && each !== main),
    noindex: account.indexable !== 1,
    now: app.now(),
  })
  return send(visit, html, row.visibility === 'public' ? { cacheSeconds: KEPT_SECONDS } : {})
}

async function isGone(visit: Visit, account: AccountRow, id: number | null) {
  const uri = `${account.uri}/statuses/${id}`
  const found = await visit.app.db
    .selectFrom('tombstone')
    .select('uri')
    .where('uri', '=', uri)
    .executeTakeFirst()
  return found ? gone('This post was deleted by its author.') : notFound()
}

async function tag(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  const name = tagName(visit.c.req.param('tag') ?? '')
  if (name === '') throw notFound()
  const row = await tagByName(app, name)
  const page = pageOf(visit)
  const ask = { kind: 'all' as const, onlyMedia: false, domainId: domain.id, tagId: row?.id ?? 0 }
  const ids = row ? await publicIds(app, viewerOf(visit), ask, page) : []
  const statuses = await presentStatuses(app, readerOf(visit), ids)
  const data = {
    ...neighbours(paths.tag(name), ids, page),
    name: row?.display_name ?? name,
    statuses,
    now: app.now(),
  }
  return send(visit, tagPage(frame, data), { cacheSeconds: KEPT_SECONDS })
}
