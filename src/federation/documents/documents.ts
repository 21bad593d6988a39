import type { Context, Hono, Next } from 'hono'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { queryOf, type Site } from '#platform/http/facts.ts'
import type { Limits } from '#platform/http/limits.ts'
import { readId } from '#platform/ids.ts'
import type { Document } from '../shapes/context-out.ts'
import { followersOn } from '../shapes/followers-digest.ts'
import * as collecting from '../shapes/write-collection.ts'
import { quoteAuthorization, wasTakenBack } from '../shapes/write-quote.ts'
import { actorAnswer, actorAt, actorNamed, pageAnswer, serveActor } from './actors.ts'
import {
  documentAnswer,
  domainOf,
  missingAnswer,
  privateAnswer,
  tombstoneAnswer,
  unsignedAnswer,
  wantsActivity,
  wantsPage,
} from './answer-document.ts'
import type { Asking } from './asker.ts'
import { openAsking } from './asker.ts'
import type { Asked } from './collections.ts'
import { conversation, featured, featuredTags, outbox, people, replies, tally } from './collections.ts'
import type { OpenStatus } from './objects.ts'
import { noteAnswerFor, openStatusByUri, serveEmoji, serveStatus, serveStatusActivity } from './objects.ts'
import { given } from './secure-mode.ts'
import { mountWellKnown } from './well-known.ts'

type Serve = (app: App, domain: HostedDomain, c: Context<Site>) => Response | Promise<Response>

// People and posts that moved in keep the ids they had, and those are found by their stored uri.
const ACTORS = ['/ap/users/:id', '/users/:name{[^/.]+}', '/actor']
const STATUSES = ['/ap/users/:id/statuses/:status', '/users/:name/statuses/:status']

/**
 * Adds the documents that other servers read: actors, posts, collections, WebFinger, NodeInfo. Goes before the
 * pages: it answers `/@name` and `/@name/:id` where a document is asked for and marks the page's answer otherwise.
 */
export function mountDocuments(hono: Hono<Site>, app: App, limits: Limits): void {
  const asking = openAsking(app, limits)
  const get = (path: string, serve: Serve) =>
    hono.get(path, async (c) => {
      const domain = domainOf(app, c)
      return domain ? given(app, asking, domain, c, () => serve(app, domain, c)) : missingAnswer()
    })
  mountWellKnown(hono, app)
  for (const path of ['statuses/:id{[0-9]+}', 'followers', 'following'])
    hono.get(`/users/:name{[^/.]+}/${path}`, (c, next) => pageOfOld(app, c, next))
  for (const path of ACTORS) {
    get(path, serveActor)
    get(`${path}/outbox`, ofActor('/outbox', outbox))
    get(
      `${path}/followers`,
      ofActor('/followers', (a, account, asked) => people(a, account, 'followers', asked)),
    )
    get(`${path}/followers_synchronization`, synchronization(asking))
    get(
      `${path}/following`,
      ofActor('/following', (a, account, asked) => people(a, account, 'following', asked)),
    )
    get(`${path}/collections/featured`, ofActor('/collections/featured', featured))
    get(`${path}/collections/tags`, ofActor('/collections/tags', featuredTags))
    get(`${path}/featured_collections`, ofActor('/featured_collections', collecting.featuredCollections))
    get(`${path}/collections/:number{[0-9]+}`, numbered(collecting.featuredCollection))
    get(`${path}/collection_items/:number{[0-9]+}`, numbered(collecting.featuredItem))
    get(`${path}/quote_authorizations/:number{[0-9]+}`, consent(asking))
    get(`${path}/feature_authorizations/:number{[0-9]+}`, numbered(collecting.featureAuthorization))
  }
  for (const path of STATUSES) {
    get(path, serveStatus)
    get(`${path}/activity`, serveStatusActivity)
    get(`${path}/replies`, ofStatus('/replies', replies))
    get(
      `${path}/likes`,
      ofStatus('/likes', async (_, status) => tally(status, 'likes')),
    )
    get(
      `${path}/shares`,
      ofStatus('/shares', async (_, status) => tally(status, 'shares')),
    )
  }
  get('/contexts/:id', serveConversation)
  get('/emojis/:id', serveEmoji)
  besidePages(hono, app, asking)
}

const askedOf = (c: Context<Site>): Asked => new URLSearchParams(queryOf(c.req.url))

function ofActor(
  ending: string,
  write: (app: App, account: AccountRow, asked: Asked) => Promise<Document | null>,
): Serve {
  return async (app, domain, c) => {
    const account = await actorAt(app, domain, c.req.path.slice(0, -ending.length))
    if (!account || account.suspended_at !== null) return missingAnswer()
    const document = await write(app, account, askedOf(c))
    return document ? documentAnswer(document) : missingAnswer()
  }
}

/** Whom we count among the followers on the server that asks, for itself alone (FEP-8fcf, PRIV-22). */
const synchronization =
  (asking: Asking): Serve =>
  async (app, domain, c) => {
    const asker = await asking(domain, c)
    if (!asker) return unsignedAnswer()
    const account = await actorAt(app, domain, c.req.path.slice(0, -'/followers_synchronization'.length))
    if (!account || account.suspended_at !== null) return missingAnswer()
    const orderedItems = await followersOn(app, account, new URL(asker.uri).host)
    const id = `${account.uri}/followers_synchronization`
    return privateAnswer({ id, type: 'OrderedCollection', partOf: account.followers_url, orderedItems })
  }

/** That an account agreed to a quote: for everybody where both posts are, else for those who may see them and sign. */
const consent =
  (asking: Asking): Serve =>
  async (app, domain, c) => {
    const [kind, number] = c.req.path.split('/').slice(-2)
    const account = await actorAt(app, domain, c.req.path.slice(0, -`/${kind}/${number}`.length))
    const id = readId(number)
    if (!account || account.suspended_at !== null || id === null) return missingAnswer()
    const open = await quoteAuthorization(app, account, id, null)
    if (open) return documentAnswer(open)
    const asker = await asking(domain, c)
    const reader = asker && (await accountById(app, asker.accountId))
    const closed = reader && (await quoteAuthorization(app, account, id, reader))
    if (closed) return privateAnswer(closed)
    return (await wasTakenBack(app, account, id))
      ? tombstoneAnswer(domain.origin + c.req.path)
      : missingAnswer()
  }

/** What an account has under a number at the end of the path. */
function numbered(write: (app: App, account: AccountRow, id: number) => Promise<Document | null>): Serve {
  return (app, domain, c) => {
    const [kind, number] = c.req.path.split('/').slice(-2)
    const id = readId(number)
    if (id === null) return missingAnswer()
    return ofActor(`/${kind}/${number}`, (a, account) => write(a, account, id))(app, domain, c)
  }
}

function ofStatus(
  ending: string,
  write: (app: App, status: OpenStatus, asked: Asked) => Promise<Document>,
): Serve {
  return async (app, domain, c) => {
    const status = await openStatusByUri(app, domain, domain.origin + c.req.path.slice(0, -ending.length))
    if (!status || status.status.reblog_of_id !== null) return missingAnswer()
    return documentAnswer(await write(app, status, askedOf(c)))
  }
}

const serveConversation: Serve = async (app, domain, c) => {
  const id = readId(c.req.path.split('/').at(-1))
  const document = id === null ? null : await conversation(app, domain, id, askedOf(c))
  return document ? documentAnswer(document) : missingAnswer()
}

/** Leads browsers from old addresses of what a member of ours has to the pages of today. */
async function pageOfOld(app: App, c: Context<Site>, next: Next): Promise<Response | undefined> {
  const [name = '', ...rest] = c.req.path.split('/').slice(2)
  const domain = wantsPage(c.req.header('accept')) ? domainOf(app, c) : null
  const account = domain ? await actorNamed(app, domain, name) : undefined
  if (account?.url) return pageAnswer(`${account.url}/${rest.at(-1)}`)
  await next()
}

type Beside = { uri: string; answer(): Promise<Response> } | null

function besidePages(hono: Hono<Site>, app: App, asking: Asking): void {
  const door = { app, asking }
  hono.get('/collections/:id{[0-9]+}', (c, next) => beside(door, c, next, () => collectionOf(app, c)))
  hono.get('/:handle{@[^/@]+}', (c, next) =>
    beside(door, c, next, async () => {
      const account = await ownerOf(app, c)
      return account ? { uri: account.uri, answer: () => actorAnswer(app, account) } : null
    }),
  )
  hono.get('/:handle{@[^/@]+}/:id{[0-9]+}', (c, next) =>
    beside(door, c, next, async () => {
      const domain = domainOf(app, c)
      const account = await ownerOf(app, c)
      return domain && account
        ? noteAnswerFor(app, domain, account, c.req.path.split('/').at(-1) ?? '')
        : null
    }),
  )
}

async function collectionOf(app: App, c: Context<Site>): Promise<Beside> {
  const id = readId(c.req.path.split('/').at(-1))
  const found = id === null ? null : await collecting.collectionHere(app, domainOf(app, c), id)
  return found && { uri: found.uri, answer: async () => documentAnswer(found.document) }
}

async function ownerOf(app: App, c: Context<Site>): Promise<AccountRow | undefined> {
  const domain = domainOf(app, c)
  const name = c.req.path.split('/')[1]?.slice(1)
  return domain && name ? actorNamed(app, domain, name) : undefined
}

/** One address for people and for servers: who asks for the document gets it, the page says where it is. */
async function beside(
  { app, asking }: { app: App; asking: Asking },
  c: Context<Site>,
  next: () => Promise<void>,
  find: () => Promise<Beside>,
): Promise<Response | undefined> {
  const found = await find()
  const domain = domainOf(app, c)
  if (wantsActivity(c.req.header('accept')))
    return found && domain ? given(app, asking, domain, c, () => found.answer()) : missingAnswer()
  await next()
  c.header('Vary', 'Accept', { append: true })
  if (found && c.res.status === 200) {
    c.header('Link', `<${found.uri}>; rel="alternate"; type="application/activity+json"`, { append: true })
  }
  return undefined
}
