import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import { shownTags } from '#accounts/featured-tags.ts'
import type { App, HostedDomain } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import { prepared } from '#platform/database/prepared.ts'
import { readId } from '#platform/ids.ts'
import { MINUTE } from '#platform/times.ts'
import { pinnedIds } from '#statuses/pin-status.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusesByIds } from '#statuses/statuses.ts'
import { announce, create } from '../shapes/activities.ts'
import type { Document } from '../shapes/context-out.ts'
import { writeHashtag } from '../shapes/write-hashtag.ts'
import { writeNotes } from '../shapes/write-note.ts'
import type { OpenStatus } from './objects.ts'

const OUTBOX_PAGE = 20
const PEOPLE_PAGE = 12
const MOST_PEOPLE_PAGES = 100_000
const OWN_REPLIES = 5
const REPLIES_PAGE = 60

/** The query of a request for a collection or a page of it. */
export type Asked = URLSearchParams

const openCount = prepared<{ account: number }, { n: number }>(
  (_db, { account }) =>
    sql<{ n: number }>`select count(*) as n from status
    where account_id = ${account} and visibility in ('public', 'unlisted') and local_only = 0`,
)
/** A long history is not counted anew for every visitor. */
const countsKept = keptBy(() => new LRUCache<number, number>({ max: 5000, ttl: MINUTE }))

/** The outbox: what everybody may read, and no trace of the rest, not even in the total (PRIV-04). */
export async function outbox(app: App, account: AccountRow, asked: Asked): Promise<Document> {
  const id = account.outbox_url ?? `${account.uri}/outbox`
  if (asked.get('page') !== 'true') {
    const totalItems = await countOpen(app, account)
    const first = `${id}?page=true`
    return { id, type: 'OrderedCollection', totalItems, first, last: `${id}?min_id=0&page=true` }
  }
  const page = {
    limit: OUTBOX_PAGE,
    maxId: readId(asked.get('max_id')),
    sinceId: null,
    minId: readId(asked.get('min_id')),
  }
  const cursors = `${cursor('max_id', page.maxId)}${cursor('min_id', page.minId)}`
  const query = app.db
    .selectFrom('status')
    .selectAll()
    .where('account_id', '=', account.id)
    .where('visibility', 'in', ['public', 'unlisted'])
    .where('local_only', '=', 0)
  const rows = await pageRows<StatusRow>(query, 'id', page)
  const [newest, oldest] = [rows[0], rows.at(-1)]
  return {
    id: `${id}?${cursors}page=true`,
    type: 'OrderedCollectionPage',
    partOf: id,
    ...(oldest && rows.length === OUTBOX_PAGE ? { next: `${id}?max_id=${oldest.id}&page=true` } : {}),
    ...(newest ? { prev: `${id}?min_id=${newest.id}&page=true` } : {}),
    orderedItems: await activitiesOf(app, account, rows),
  }
}

const cursor = (name: string, id: number | null) => (id === null ? '' : `${name}=${id}&`)

async function countOpen(app: App, account: AccountRow): Promise<number> {
  const counts = countsKept(app)
  let n = counts.get(account.id)
  if (n === undefined) {
    n = Number((await openCount(app, { account: account.id }))[0]?.n ?? 0)
    counts.set(account.id, n)
  }
  return n
}

async function activitiesOf(app: App, account: AccountRow, rows: StatusRow[]): Promise<Document[]> {
  const notes = await writeNotes(app, rows)
  const boosted = await statusesByIds(
    app,
    rows.flatMap((row) => row.reblog_of_id ?? []),
  )
  const authors = await accountsByIds(
    app,
    [...boosted.values()].map((status) => status.account_id),
  )
  return rows.flatMap((row) => {
    const note = notes.get(row.id)
    if (note) return [create(note)]
    const status = boosted.get(row.reblog_of_id ?? 0)
    const author = status && authors.get(status.account_id)
    return author ? [announce(account, row, author, status.uri)] : []
  })
}

/** Followers or the followed; who hides them shows a number and no door (PRIV-22). Null for a page that is not. */
export async function people(
  app: App,
  account: AccountRow,
  kind: 'followers' | 'following',
  asked: Asked,
): Promise<Document | null> {
  const id =
    (kind === 'followers' ? account.followers_url : account.following_url) ?? `${account.uri}/${kind}`
  const totalItems = kind === 'followers' ? account.followers_count : account.following_count
  const wanted = asked.get('page')
  const hidden = account.hide_collections === 1
  if (wanted === null) {
    return { id, type: 'OrderedCollection', totalItems, ...(hidden ? {} : { first: `${id}?page=1` }) }
  }
  const page = readId(wanted)
  if (hidden || page === null || page < 1 || page > MOST_PEOPLE_PAGES) return null
  const [own, other] =
    kind === 'followers' ? (['target_id', 'account_id'] as const) : (['account_id', 'target_id'] as const)
  const rows = await app.db
    .selectFrom('follow')
    .innerJoin('account', 'account.id', `follow.${other}`)
    .select('account.uri')
    .where(`follow.${own}`, '=', account.id)
    .where('account.suspended_at', 'is', null)
    .orderBy('follow.id', 'desc')
    .limit(PEOPLE_PAGE)
    .offset((page - 1) * PEOPLE_PAGE)
    .execute()
  return {
    id: `${id}?page=${page}`,
    type: 'OrderedCollectionPage',
    totalItems,
    partOf: id,
    ...(rows.length === PEOPLE_PAGE ? { next: `${id}?page=${page + 1}` } : {}),
    ...(page > 1 ? { prev: `${id}?page=${page - 1}` } : {}),
    orderedItems: rows.map((row) => row.uri),
  }
}

/** Pinned posts that everybody may read, whole, the newest pin first. */
export async function featured(app: App, account: AccountRow): Promise<Document> {
  const id = account.featured_url ?? `${account.uri}/collections/featured`
  const ids = await pinnedIds(app, account.id)
  const rows = await statusesByIds(app, ids)
  const open = ids.flatMap((each) => rows.get(each) ?? []).filter(isOpen)
  const notes = await writeNotes(app, open)
  const orderedItems = open.flatMap((row) => notes.get(row.id) ?? [])
  return { id, type: 'OrderedCollection', totalItems: orderedItems.length, orderedItems }
}

/** The hashtags that an account shows on its profile. */
export async function featuredTags(app: App, account: AccountRow): Promise<Document> {
  const origin = app.domains.byId(account.domain_id ?? 0)?.origin ?? ''
  const tags = await shownTags(app, account.id)
  const items = tags.map(({ tag, name }) => writeHashtag(origin, tag, name))
  return { id: `${account.uri}/collections/tags`, type: 'Collection', totalItems: items.length, items }
}

const isOpen = (row: StatusRow) =>
  (row.visibility === 'public' || row.visibility === 'unlisted') && row.local_only === 0

/** How often an open post was marked, without by whom. */
export function tally({ status }: OpenStatus, kind: 'likes' | 'shares'): Document {
  const totalItems = kind === 'likes' ? status.favourites_count : status.reblogs_count
  return { id: `${status.uri}/${kind}`, type: 'Collection', totalItems }
}

/** Answers to an open post that everybody may read (PRIV-17): the author's own first, then page by page all others. */
export async function replies(app: App, { status }: OpenStatus, asked: Asked): Promise<Document> {
  const id = `${status.uri}/replies`
  const others = asked.get('only_other_accounts') === 'true'
  const page = await repliesPage(app, status, others, readId(asked.get('min_id')) ?? 0)
  return asked.get('page') === 'true' ? page : { id, type: 'Collection', first: page }
}

async function repliesPage(app: App, status: StatusRow, others: boolean, after: number): Promise<Document> {
  const id = `${status.uri}/replies`
  const most = others ? REPLIES_PAGE : OWN_REPLIES
  const rows = await app.db
    .selectFrom('status')
    .innerJoin('account', 'account.id', 'status.account_id')
    .select(['status.id', 'status.uri'])
    .where('status.in_reply_to_id', '=', status.id)
    .where('status.id', '>', after)
    .where('status.account_id', others ? '<>' : '=', status.account_id)
    .where('status.visibility', 'in', ['public', 'unlisted'])
    .where('status.local_only', '=', 0)
    .where('account.suspended_at', 'is', null)
    .orderBy('status.id')
    .limit(most)
    .execute()
  const link = (more: string) => `${id}?${more}page=true`
  const from = (at: number) => cursor('min_id', at > 0 ? at : null)
  const side = others ? 'only_other_accounts=true&' : ''
  const last = rows.at(-1)
  const isFull = rows.length === most && last !== undefined
  const next = isFull
    ? link(`${from(last.id)}${side}`)
    : others
      ? undefined
      : link('only_other_accounts=true&')
  return {
    id: link(`${from(after)}${side}`),
    type: 'CollectionPage',
    partOf: id,
    ...(next ? { next } : {}),
    items: rows.map((row) => row.uri),
  }
}

/** The open posts of a conversation that began here, oldest first (FEP-7888); null where there is nothing open. */
export async function conversation(
  app: App,
  domain: HostedDomain,
  conversationId: number,
  asked: Asked,
): Promise<Document | null> {
  const id = `${domain.origin}/contexts/${conversationId}`
  const after = readId(asked.get('min_id')) ?? 0
  const rows = await app.db
    .selectFrom('status')
    .innerJoin('account', 'account.id', 'status.account_id')
    .innerJoin('conversation', 'conversation.id', 'status.conversation_id')
    .selectAll('status')
    .where('status.conversation_id', '=', conversationId)
    .where('conversation.uri', 'is', null)
    .where('status.visibility', 'in', ['public', 'unlisted'])
    .where('status.local_only', '=', 0)
    .where('account.suspended_at', 'is', null)
    .where('status.id', '>', after)
    .orderBy('status.id')
    .limit(REPLIES_PAGE)
    .execute()
  if (rows.length === 0 && after === 0) return null
  if (asked.get('page') !== 'true') return { id, type: 'OrderedCollection', first: `${id}?page=true` }
  const last = rows.at(-1)
  // Ours whole: who fills in a long thread then asks once a page and not once a post.
  const notes = await writeNotes(app, rows)
  return {
    id: after > 0 ? `${id}?min_id=${after}&page=true` : `${id}?page=true`,
    type: 'OrderedCollectionPage',
    partOf: id,
    ...(last && rows.length === REPLIES_PAGE ? { next: `${id}?min_id=${last.id}&page=true` } : {}),
    orderedItems: rows.map((row) => notes.get(row.id) ?? row.uri),
  }
}
