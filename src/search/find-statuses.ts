import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import type { FullTextQuery, Phrase } from '#platform/database/dialect-full-text.ts'
import { prepared } from '#platform/database/prepared.ts'
import { idAt } from '#platform/ids.ts'
import type { Scope, SearchQuery } from './query-language.ts'
import { isEmpty, readQuery } from './query-language.ts'
import { mark, STATUSES } from './search-index.ts'

export type StatusAsk = {
  query: string
  /** Only what this account wrote. */
  accountId: number | null
  maxId: number | null
  minId: number | null
  limit: number
  offset: number
}

/** Candidates that are judged for one answer; a search that needs more has found what it finds. */
const MOST_JUDGED = 2000
const FIRST_LOOK = 60

/**
 * Ids of the statuses that the words find, newest first: of authors who agreed to be found, and the member's own
 * library. The index proposes; consent, blocks and audience are asked of the rows themselves.
 */
export async function findStatuses(
  app: App,
  domain: HostedDomain,
  viewer: AccountRow,
  ask: StatusAsk,
): Promise<number[]> {
  const query = readQuery(ask.query)
  if (query.impossible || isEmpty(query)) return []
  const wanted = await fullTextOf(app, domain, viewer, query, ask.accountId)
  if (!wanted) return []
  const ascending = ask.minId !== null
  const ranges = rangesOf(app, query, ask, ascending)
  const needed = ask.offset + ask.limit
  const found: number[] = []
  let judged = 0
  for (const range of ranges) {
    let { above, below } = range
    for (let most = Math.max(FIRST_LOOK, needed * 2); judged < MOST_JUDGED; most = 500) {
      const ids = await candidates(app, wanted, { above, below, most, ascending })
      judged += ids.length
      found.push(...(await judge(app, viewer, query.scope, ids)))
      if (found.length >= needed || ids.length < most) break
      if (ascending) above = ids.at(-1) as number
      else below = ids.at(-1) as number
    }
    if (found.length >= needed || judged >= MOST_JUDGED) break
  }
  const page = found.slice(ask.offset, needed)
  return ascending ? page.reverse() : page
}

async function fullTextOf(
  app: App,
  domain: HostedDomain,
  viewer: AccountRow,
  query: SearchQuery,
  accountId: number | null,
): Promise<FullTextQuery[] | null> {
  const authors: Phrase[] = []
  const others: Phrase[] = []
  for (const { handle, not } of query.from) {
    const author = handle === 'me' ? viewer : await accountByAcct(app, domain, handle)
    if (author) (not ? others : authors).push({ tokens: [mark.author(author.id)] })
    else if (!not) return null
  }
  if (accountId !== null) authors.push({ tokens: [mark.author(accountId)] })
  const all = [...query.all, ...authors].map((phrase) => [phrase])
  const none = [...query.none, ...others]
  const finders = {
    public: [mark.open],
    library: [mark.library(viewer.id)],
    all: [mark.open, mark.library(viewer.id)],
  }[query.scope]
  return finders.map((finder) => ({ all: [[{ tokens: [finder] }], ...all], none }))
}

/** The spans of time as bounds of ids, in the order of the search. */
function rangesOf(app: App, query: SearchQuery, ask: StatusAsk, ascending: boolean) {
  const now = idAt(app.now() + 1000)
  const ranges = query.within.map(({ from, to }) => ({
    above: Math.max(from === 0 ? 0 : idAt(from) - 1, ask.minId ?? 0),
    below: Math.min(to === Number.MAX_SAFE_INTEGER ? now : idAt(to), ask.maxId ?? now),
  }))
  const sound = ranges.filter(({ above, below }) => above < below)
  return ascending ? sound.reverse() : sound
}

type Range = { above: number; below: number; most: number; ascending: boolean }

/** One list per kind of right to find, each in order, merged: cheaper than asking for either right at once. */
async function candidates(app: App, queries: readonly FullTextQuery[], range: Range): Promise<number[]> {
  const lists = await Promise.all(queries.map((query) => oneList(app, query, range)))
  const ids = [...new Set(lists.flat())].sort((a, b) => (range.ascending ? a - b : b - a))
  return ids.slice(0, range.most)
}

async function oneList(app: App, query: FullTextQuery, range: Range): Promise<number[]> {
  let ids: number[] = []
  for (const step of app.dialect.fullText.find(STATUSES, query, range)) {
    ids = (await step.execute(app.db)).rows.map((row) => row.id)
    if (ids.length >= range.most) break
  }
  return ids
}

const judged = (scope: Scope) =>
  prepared<{ me: number; ids: readonly number[] }, { id: number }>((_, { me, ids }, dialect) => {
    const named = sql`exists (select 1 from mention n where n.status_id = s.id and n.account_id = ${me})`
    const follows = sql`exists (select 1 from follow f where f.account_id = ${me} and f.target_id = a.id)`
    const library = sql`(s.account_id = ${me} or ${named}
      or exists (select 1 from favourite v where v.account_id = ${me} and v.status_id = s.id)
      or exists (select 1 from bookmark k where k.account_id = ${me} and k.status_id = s.id)
      or exists (select 1 from status r where r.reblog_of_id = s.id and r.account_id = ${me})
      or (s.poll_id is not null
        and exists (select 1 from poll_vote w where w.poll_id = s.poll_id and w.account_id = ${me})))`
    const open = sql`(s.visibility = 'public' and a.indexable = 1)`
    const right = { all: sql`(${open} or ${library})`, public: open, library }[scope]
    return sql<{ id: number }>`select s.id as id from status s join account a on a.id = s.account_id
      where ${dialect.among(sql`s.id`, ids)} and s.reblog_of_id is null and a.suspended_at is null and ${right}
      and (s.account_id = ${me} or (
        (s.visibility in ('public', 'unlisted') or ${named} or (s.visibility = 'private' and ${follows}))
        and (a.silenced_at is null or ${follows})
        and not exists (select 1 from block b where (b.account_id = ${me} and b.target_id = a.id)
          or (b.account_id = a.id and b.target_id = ${me}))
        and not exists (select 1 from mute m where m.account_id = ${me} and m.target_id = a.id)
        and (a.domain_id is not null or not exists (
          select 1 from account_domain_block d where d.account_id = ${me} and d.domain = a.host))))`
  })
const judges = { all: judged('all'), public: judged('public'), library: judged('library') }

async function judge(app: App, viewer: AccountRow, scope: Scope, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const rows = await judges[scope](app, { me: viewer.id, ids })
  const kept = new Set(rows.map((row) => row.id))
  return ids.filter((id) => kept.has(id))
}
