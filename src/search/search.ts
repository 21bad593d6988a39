import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import { letIn, waitingIds } from '#accounts/let-in.ts'
import type { App, HostedDomain } from '#app.ts'
import { tagsByPrefix } from '#hashtags/hashtags.ts'
import { tagName } from '#platform/text/parse-text.ts'
import type { StatusRow, TagRow } from '#statuses/statuses.ts'

export type SearchAsk = {
  query: string
  kinds: ReadonlySet<'accounts' | 'statuses' | 'hashtags'>
  /** Whether other servers may be asked; only for signed-in members (LOOP-14). */
  resolve: boolean
  followingOnly: boolean
  limit: number
  offset: number
}
export type Found = { accounts: AccountRow[]; statuses: StatusRow[]; tags: TagRow[] }

const HANDLE = /^@?[\w.-]+(@[^\s@/]+)?$/
const MOST_LETTERS = 1000

/** Finds accounts by handle, name or URL, statuses by URL, and hashtags by their beginning. */
export async function search(
  app: App,
  domain: HostedDomain,
  viewer: AccountRow | null,
  ask: SearchAsk,
): Promise<Found> {
  const query = ask.query.trim().slice(0, MOST_LETTERS)
  if (query === '') return { accounts: [], statuses: [], tags: [] }
  if (/^https?:\/\//i.test(query)) return byUrl(app, query, ask)
  const accounts = ask.kinds.has('accounts') ? await findAccounts(app, domain, viewer, query, ask) : []
  const tags = ask.kinds.has('hashtags') ? await findTags(app, query, ask) : []
  return { accounts, statuses: [], tags }
}

async function byUrl(app: App, url: string, ask: SearchAsk): Promise<Found> {
  const nothing: Found = { accounts: [], statuses: [], tags: [] }
  if (ask.offset > 0) return nothing
  if (ask.kinds.has('statuses')) {
    const status = ask.resolve ? await app.fediverse.findStatus(url) : await knownStatus(app, url)
    if (status) return { ...nothing, statuses: [status] }
  }
  if (!ask.kinds.has('accounts')) return nothing
  const account = ask.resolve ? await app.fediverse.findAccount(url) : await knownAccount(app, url)
  return account && account.suspended_at === null ? { ...nothing, accounts: [account] } : nothing
}

async function knownStatus(app: App, url: string): Promise<StatusRow | undefined> {
  const query = app.db.selectFrom('status').selectAll()
  return query.where('uri', '=', url).executeTakeFirst()
}

async function knownAccount(app: App, url: string): Promise<AccountRow | undefined> {
  const query = app.db.selectFrom('account').selectAll()
  return query.where((row) => row.or([row('uri', '=', url), row('url', '=', url)])).executeTakeFirst()
}

async function findAccounts(
  app: App,
  domain: HostedDomain,
  viewer: AccountRow | null,
  query: string,
  ask: SearchAsk,
): Promise<AccountRow[]> {
  const exact = HANDLE.test(query) && ask.offset === 0 ? await byHandle(app, domain, query, ask) : null
  const bare = query.replace(/^@/, '').toLowerCase()
  const [name = '', host] = bare.split('@')
  let rows = app.db
    .selectFrom('account')
    .selectAll()
    .where('username_lower', '>=', name)
    .where('username_lower', '<', `${name}\u{10ffff}`)
    .where('suspended_at', 'is', null)
    .where('actor_type', '<>', 'Application')
    .where('id', 'not in', waitingIds(app))
  if (host) rows = rows.where('host', 'like', `${host.replace(/[%_\\]/g, '')}%`)
  if (ask.followingOnly && viewer) {
    const followed = app.db.selectFrom('follow').select('target_id').where('account_id', '=', viewer.id)
    rows = rows.where('id', 'in', followed)
  }
  const near = await rows
    .orderBy('username_lower')
    .orderBy('id')
    .limit(ask.limit)
    .offset(ask.offset)
    .execute()
  const others = near.filter((row) => row.id !== exact?.id)
  return (exact ? [exact, ...others] : others).slice(0, ask.limit)
}

async function byHandle(
  app: App,
  domain: HostedDomain,
  query: string,
  ask: SearchAsk,
): Promise<AccountRow | null> {
  const known = await accountByAcct(app, domain, query)
  if (known) return known.suspended_at === null ? ((await letIn(app, known)) ?? null) : null
  if (!ask.resolve || !query.replace(/^@/, '').includes('@')) return null
  return app.fediverse.findAccount(query.replace(/^@/, ''))
}

async function findTags(app: App, query: string, ask: SearchAsk): Promise<TagRow[]> {
  const prefix = tagName(query.replace(/^#/, ''))
  return prefix === '' ? [] : tagsByPrefix(app, prefix, ask.limit, ask.offset)
}
