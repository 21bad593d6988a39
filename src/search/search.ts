import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { tagByName, tagsByPrefix } from '#hashtags/hashtags.ts'
import { tagName } from '#platform/text/parse-text.ts'
import type { TagRow } from '#statuses/statuses.ts'
import { findAccounts } from './find-accounts.ts'
import { findByAddress } from './find-by-address.ts'
import { findStatuses } from './find-statuses.ts'

export type SearchAsk = {
  query: string
  kinds: ReadonlySet<'accounts' | 'statuses' | 'hashtags'>
  /** Whether other servers may be asked; only for signed-in members (LOOP-14). */
  resolve: boolean
  followingOnly: boolean
  accountId?: number | null
  maxId?: number | null
  minId?: number | null
  limit: number
  offset: number
}
export type Found = { accounts: AccountRow[]; statusIds: number[]; tags: TagRow[] }

const MOST_LETTERS = 1000
const TAG = /^[#＃]?([\p{L}\p{N}\p{M}\p{Pc}\u00b7\u30fb\u200c]+)$/u
const NOTHING: Found = { accounts: [], statusIds: [], tags: [] }

/** Finds accounts by handle, name or address, statuses by words or address, and hashtags by their beginning. */
export async function search(
  app: App,
  domain: HostedDomain,
  viewer: AccountRow | null,
  ask: SearchAsk,
): Promise<Found> {
  const query = ask.query.trim().slice(0, MOST_LETTERS)
  if (query === '') return NOTHING
  if (/^https?:\/\//i.test(query) && !/\s/.test(query)) return byAddress(app, domain, query, ask)
  const isTag = /^[#＃]/.test(query)
  const accounts =
    ask.kinds.has('accounts') && !isTag ? await findAccounts(app, domain, viewer, { ...ask, query }) : []
  const statusIds = viewer && ask.kinds.has('statuses') ? await byWords(app, domain, viewer, query, ask) : []
  const tags = ask.kinds.has('hashtags') ? await findTags(app, query, ask) : []
  return { accounts, statusIds, tags }
}

function byWords(app: App, domain: HostedDomain, viewer: AccountRow, query: string, ask: SearchAsk) {
  const { limit, offset, accountId = null, maxId = null, minId = null } = ask
  return findStatuses(app, domain, viewer, { query, accountId, maxId, minId, limit, offset })
}

async function byAddress(app: App, domain: HostedDomain, address: string, ask: SearchAsk): Promise<Found> {
  if (ask.offset > 0) return NOTHING
  const found = await findByAddress(app, domain, address, {
    statuses: ask.kinds.has('statuses'),
    accounts: ask.kinds.has('accounts'),
    resolve: ask.resolve,
  })
  return {
    accounts: found.account ? [found.account] : [],
    statusIds: found.status ? [found.status.id] : [],
    tags:
      found.tag && ask.kinds.has('hashtags')
        ? await findTags(app, `#${found.tag}`, { limit: 1, offset: 0 })
        : [],
  }
}

/** The tag itself first, then those that begin with it; a `#tag` that nobody used yet is answered as well, to be followed. */
async function findTags(app: App, query: string, ask: { limit: number; offset: number }): Promise<TagRow[]> {
  const display = TAG.exec(query)?.[1]
  const name = display && tagName(display)
  if (!name) return []
  const near = await tagsByPrefix(app, name, ask.limit, ask.offset)
  if (ask.offset > 0) return near
  const exact = await tagByName(app, name)
  const unused =
    query.startsWith('#') && /\p{L}/u.test(name)
      ? [{ id: 0, name, display_name: display, created_at: 0 }]
      : []
  const first = exact ? [exact] : unused
  return [...first, ...near.filter((tag) => tag.name !== name)].slice(0, ask.limit)
}
