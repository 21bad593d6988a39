import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct, accountsByIds } from '#accounts/accounts.ts'
import { letIn, waitingAmong } from '#accounts/let-in.ts'
import type { App, HostedDomain } from '#app.ts'
import type { FullTextQuery, Phrase } from '#platform/database/dialect-full-text.ts'
import { prepared } from '#platform/database/prepared.ts'
import { piecesOf, searchForm } from '#platform/text/search-words.ts'
import { MOST_CROWD } from './account-entries.ts'
import { ACCOUNTS, mark } from './search-index.ts'

export type AccountAsk = {
  query: string
  /** Whether other servers may be asked; only for signed-in members (LOOP-14). */
  resolve: boolean
  followingOnly: boolean
  limit: number
  offset: number
}

const HANDLE = /^@?[\w.-]+(@[^\s@/]+)?$/
/** Accounts that are ranked for one answer; the best known come first among those that match. */
const MOST_RANKED = 200
const MOST_WORDS = 8
const NEVER = Number.MAX_SAFE_INTEGER

/** Finds accounts by handle, name and, where they want to be discovered, by what they say of themselves; best first. */
export async function findAccounts(
  app: App,
  domain: HostedDomain,
  viewer: AccountRow | null,
  ask: AccountAsk,
): Promise<AccountRow[]> {
  const query = ask.query.trim()
  const exact = HANDLE.test(query) ? await byHandle(app, domain, query, ask) : null
  const followed = await followedMatching(app, viewer, query)
  const ids = new Set(followed)
  if (!ask.followingOnly) for (const id of await candidates(app, query)) ids.add(id)
  if (exact && (!ask.followingOnly || followed.has(exact.id))) ids.add(exact.id)
  const rows = await accountsByIds(app, [...ids])
  const follows = await followsAmong(app, viewer, [...ids])
  const waiting = await waitingAmong(app, [...ids])
  const shown = [...rows.values()].filter(
    (row) =>
      row.suspended_at === null &&
      row.actor_type !== 'Application' &&
      !waiting.has(row.id) &&
      (row.silenced_at === null || row.id === exact?.id || row.id === viewer?.id || follows.has(row.id)),
  )
  const rank = ranking(query, exact, follows)
  return shown.sort((a, b) => rank(b) - rank(a) || b.id - a.id).slice(ask.offset, ask.offset + ask.limit)
}

async function byHandle(
  app: App,
  domain: HostedDomain,
  query: string,
  ask: AccountAsk,
): Promise<AccountRow | null> {
  const known = await accountByAcct(app, domain, query)
  if (known) return known.suspended_at === null ? ((await letIn(app, known)) ?? null) : null
  const handle = query.replace(/^@/, '')
  if (!ask.resolve || ask.offset > 0 || !handle.includes('@')) return null
  const found = await app.fediverse.findAccount(handle)
  return found && found.suspended_at === null ? found : null
}

type Prefix = { from: string; to: string; host: string; most: number }

const byPrefix = prepared<Prefix, { id: number }>(
  (_, { from, to, host, most }) => sql<{ id: number }>`select id from account
    where username_lower >= ${from} and username_lower < ${to} and host like ${host}
    order by username_lower, id limit ${most}`,
)

async function candidates(app: App, query: string): Promise<number[]> {
  const [name = '', host = ''] = query.replace(/^@/, '').toLowerCase().split('@')
  const ids = new Set<number>()
  if (/^[\w.-]+$/.test(name)) {
    const range = { from: name, to: `${name}\u{10ffff}`, host: `${host.replace(/[%_\\]/g, '')}%` }
    for (const { id } of await byPrefix(app, { ...range, most: MOST_RANKED / 4 })) ids.add(id)
  }
  if (query.includes('@', 1)) return [...ids]
  const words = wordsOf(query)
  if (words.length === 0) return [...ids]
  // From the crowd downwards: of the many with a common name, those whom many follow are meant.
  for (let step = MOST_CROWD; step >= 0 && ids.size < MOST_RANKED; step--) {
    const crowd: Phrase[][] = step === 0 ? [] : [[{ tokens: [mark.crowd(step)] }]]
    for (const id of await fromIndex(app, { all: [...words, ...crowd], none: [] })) ids.add(id)
  }
  return [...ids]
}

async function fromIndex(app: App, query: FullTextQuery): Promise<number[]> {
  const range = { above: 0, below: NEVER, most: MOST_RANKED / 2 }
  let ids: number[] = []
  for (const step of app.dialect.fullText.find(ACCOUNTS, query, range)) {
    ids = (await step.execute(app.db)).rows.map((row) => row.id)
    if (ids.length >= range.most) break
  }
  return ids
}

/** Each word begins a word of the name, or is one of the text about themselves. */
function wordsOf(query: string): Phrase[][] {
  return piecesOf(query)
    .slice(0, MOST_WORDS)
    .map(({ tokens, unspaced }) => {
      const single = unspaced && tokens.length === 1 && [...(tokens[0] ?? '')].length === 1
      if (single) return [{ tokens: [mark.letter(tokens[0] as string)] }, { tokens }]
      const bio = tokens.length === 1 ? [{ tokens: [mark.bio(tokens[0] as string)] }] : []
      return [{ tokens, begins: !unspaced }, ...bio]
    })
}

const followedByName = prepared<{ me: number; name: string; shown: string; most: number }, { id: number }>(
  (_, { me, name, shown, most }) => sql<{ id: number }>`select a.id as id from follow f
    join account a on a.id = f.target_id where f.account_id = ${me}
    and (a.username_lower like ${name} or lower(a.display_name) like ${shown}) limit ${most}`,
)

async function followedMatching(app: App, viewer: AccountRow | null, query: string): Promise<Set<number>> {
  const bare = query
    .replace(/^@/, '')
    .toLowerCase()
    .replace(/[%_\\]/g, '')
  if (!viewer || bare === '') return new Set()
  const name = `${bare.split('@')[0]}%`
  const rows = await followedByName(app, { me: viewer.id, name, shown: `%${bare}%`, most: MOST_RANKED })
  return new Set(rows.map((row) => row.id))
}

const followed = prepared<{ me: number; ids: readonly number[] }, { id: number }>(
  (_, { me, ids }, dialect) =>
    sql<{ id: number }>`select target_id as id from follow
    where account_id = ${me} and ${dialect.among(sql`target_id`, ids)}`,
)

async function followsAmong(app: App, viewer: AccountRow | null, ids: number[]): Promise<Set<number>> {
  if (!viewer || ids.length === 0) return new Set()
  return new Set((await followed(app, { me: viewer.id, ids })).map((row) => row.id))
}

/** The account meant by its handle, then those whose handle or name is or begins with what was typed, followed ones first, then by followers. */
function ranking(query: string, exact: AccountRow | null, follows: ReadonlySet<number>) {
  const asked = searchForm(query.replace(/^@/, ''))
  const name = asked.split('@')[0] as string
  return (row: AccountRow): number => {
    const shown = searchForm(row.display_name)
    const matches = [
      row.id === exact?.id ? 64 : 0,
      follows.has(row.id) ? 16 : 0,
      row.username_lower === name || shown === asked ? 12 : 0,
      row.username_lower.startsWith(name) ? 6 : 0,
      shown.startsWith(asked) ? 6 : shown.includes(` ${asked}`) ? 4 : 0,
    ]
    return matches.reduce((sum, each) => sum + each, 0) + Math.log10(row.followers_count + 1)
  }
}
