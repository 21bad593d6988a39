import { presentAccount } from '#accounts/present-account.ts'
import { tagByName } from '#hashtags/hashtags.ts'
import { notFound } from '#platform/errors.ts'
import { readPage } from '#platform/paging.ts'
import { tagName } from '#platform/text/parse-text.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import { accountStatusIds } from '#timelines/account-statuses.ts'
import { publicIds } from '#timelines/public.ts'
import { accountNamed } from './account-named.ts'
import { FEED_TYPE, profileFeed, tagFeed } from './feed.ts'
import type { Routes } from './site.ts'
import type { Visit } from './visit.ts'

const USUAL = 20
const MOST = 200

type Choice = { replies: boolean; media: boolean; tag?: string | undefined }

/** Feeds for readers of RSS: what any visitor may see, whoever asks (PRIV-06). */
export function mountFeeds(routes: Routes): void {
  const posts = { replies: false, media: false }
  routes.get('/:handle{@[A-Za-z0-9_]+\\.rss}', (visit) => ofProfile(visit, without(visit, 'handle'), posts))
  routes.get('/users/:handle{[A-Za-z0-9_]+\\.rss}', (visit) =>
    ofProfile(visit, without(visit, 'handle'), posts),
  )
  routes.get('/:handle{@[A-Za-z0-9_]+}/with_replies.rss', (visit) =>
    ofProfile(visit, handleOf(visit), { ...posts, replies: true }),
  )
  routes.get('/:handle{@[A-Za-z0-9_]+}/media.rss', (visit) =>
    ofProfile(visit, handleOf(visit), { replies: true, media: true }),
  )
  routes.get('/:handle{@[A-Za-z0-9_]+}/tagged/:tag{[^/]+\\.rss}', (visit) =>
    ofProfile(visit, handleOf(visit), { replies: true, media: false, tag: without(visit, 'tag') }),
  )
  routes.get('/tags/:tag{[^/]+\\.rss}', ofTag)
}

const handleOf = (visit: Visit) => visit.c.req.param('handle') ?? ''
const without = (visit: Visit, name: string) => (visit.c.req.param(name) ?? '').replace(/\.rss$/, '')

function pageOf(visit: Visit) {
  const limit = new URL(visit.c.req.url).searchParams.get('limit') ?? undefined
  return readPage({ limit }, USUAL, MOST)
}

async function ofProfile(visit: Visit, handle: string, choice: Choice): Promise<Response> {
  const { app, domain, frame } = visit
  const account = await accountNamed(visit, handle)
  if (account.domain_id !== domain.id) throw notFound()
  const reader = { domain, account: null }
  const tag =
    choice.tag === undefined ? {} : { tagId: (await tagByName(app, tagName(choice.tag)))?.id ?? null }
  const ask = { onlyMedia: choice.media, excludeReplies: !choice.replies, excludeReblogs: true, ...tag }
  const ids = await accountStatusIds(app, null, account, ask, pageOf(visit))
  const shown = await presentAccount(app, reader, account)
  const path = new URL(visit.c.req.url).pathname
  return feed(visit, profileFeed(frame.site, shown, await presentStatuses(app, reader, ids), path))
}

async function ofTag(visit: Visit): Promise<Response> {
  const { app, domain, frame } = visit
  const name = tagName(without(visit, 'tag'))
  if (name === '') throw notFound()
  const row = await tagByName(app, name)
  const url = new URL(visit.c.req.url)
  const kind = /^(?:1|true)$/.test(url.searchParams.get('local') ?? '') ? 'local' : 'all'
  const ask = { kind, onlyMedia: false, domainId: domain.id, tagId: row?.id ?? 0 } as const
  const ids = row ? await publicIds(app, null, ask, pageOf(visit)) : []
  const statuses = await presentStatuses(app, { domain, account: null }, ids)
  return feed(visit, tagFeed(frame.site, row?.display_name ?? name, statuses, url.pathname))
}

function feed(visit: Visit, xml: string): Response {
  return visit.c.body(xml, 200, {
    'content-type': FEED_TYPE,
    'cache-control': 'public, max-age=60',
    'x-content-type-options': 'nosniff',
  })
}
