import { sql } from 'kysely'
import type { AccountCore } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { onBlockedHost } from '#relationships/hidden-from.ts'
import type { QuoteState } from './entities.ts'
import type { QuoteRow } from './quotes.ts'
import { quotesByIds } from './quotes.ts'
import type { StatusRow } from './statuses.ts'
import { statusesByIds } from './statuses.ts'
import type { Standing } from './visibility.ts'
import { maySee } from './visibility.ts'

/** What a page of statuses quotes. */
export type Quotes = {
  quotes: Map<number, QuoteRow>
  /** What the statuses of the page quote. */
  quoted: Map<number, StatusRow>
  /** What those quote again: shown by their id alone. */
  deeper: Map<number, StatusRow>
}

const NONE: Quotes = { quotes: new Map(), quoted: new Map(), deeper: new Map() }

/** Loads what these statuses quote, and what that quotes: four queries at most, none where nothing is quoted. */
export async function quotesIn(app: App, rows: Iterable<StatusRow>): Promise<Quotes> {
  const first = await quotesOf(app, rows)
  if (first.size === 0) return NONE
  const quoted = await statusesByIds(app, quotedIds(first))
  const second = await quotesOf(app, quoted.values())
  const deeper = await statusesByIds(app, quotedIds(second))
  return { quotes: new Map([...first, ...second]), quoted, deeper }
}

function quotesOf(app: App, rows: Iterable<StatusRow>): Promise<Map<number, QuoteRow>> {
  return quotesByIds(
    app,
    [...rows].flatMap((row) => row.quote_id ?? []),
  )
}

const quotedIds = (quotes: Map<number, QuoteRow>) => [
  ...new Set([...quotes.values()].flatMap((row) => (row.state === 'accepted' ? (row.quoted_id ?? []) : []))),
]

type Unwanted = { kind: 'blocked_account' | 'blocked_domain' | 'muted_account'; id: number }
const unwanted = prepared<{ me: number; authors: readonly number[]; now: number }, Unwanted>(
  (_db, { me, authors, now }, dialect) => sql<Unwanted>`
    select 'muted_account' as kind, target_id as id from mute
      where account_id = ${me} and ${dialect.among(sql`target_id`, authors)}
        and (expires_at is null or expires_at > ${now})
    union all select 'blocked_domain', a.id from account a
      where ${dialect.among(sql`a.id`, authors)} and a.domain_id is null and ${onBlockedHost(me, sql`a.host`)}
    union all select 'blocked_account', target_id from block
      where account_id = ${me} and ${dialect.among(sql`target_id`, authors)}`,
)

/** Through whose eyes quotes are looked at. */
export type QuoteSight = {
  quoted: (id: number) => StatusRow | undefined
  standing: Standing
  authors: Map<number, AccountCore>
  /** Authors of whom the reader wants nothing, and why. */
  unwanted: Map<number, Unwanted['kind']>
}

/** Prepares to tell what the reader may see of these quotes, with one query more where somebody is signed in. */
export async function sightOf(
  app: App,
  { quoted, deeper }: Quotes,
  standing: Standing,
  authors: Map<number, AccountCore>,
): Promise<QuoteSight> {
  const rows = [...quoted.values(), ...deeper.values()]
  const me = standing.viewerId
  const found =
    me === null || rows.length === 0
      ? []
      : await unwanted(app, { me, authors: [...new Set(rows.map((row) => row.account_id))], now: app.now() })
  return {
    quoted: (id) => quoted.get(id) ?? deeper.get(id),
    standing,
    authors,
    // The last one counts: a block more than a host's, and that more than a mute.
    unwanted: new Map(found.map(({ id, kind }) => [id, kind])),
  }
}

/** How far a quote has come, for this reader. Null where it is not shown as a quote at all. */
export function quoteState(quote: QuoteRow | undefined, sight: QuoteSight): QuoteState | null {
  if (!quote) return null
  if (quote.state !== 'accepted') return quote.legacy === 1 ? null : quote.state
  const status = quote.quoted_id === null ? undefined : sight.quoted(quote.quoted_id)
  if (!status) return 'deleted'
  if (!maySee(sight.standing, status) || isLimited(status, sight)) return 'unauthorized'
  if (status.account_id === sight.standing.viewerId) return 'accepted'
  return sight.unwanted.get(status.account_id) ?? 'accepted'
}

/** Limited authors are shown to those who follow them alone. */
function isLimited({ account_id: id }: StatusRow, { standing, authors }: QuoteSight): boolean {
  return authors.get(id)?.silenced_at != null && id !== standing.viewerId && !standing.following.has(id)
}

/** Whether the reader is given what is quoted: also what they hid, to be looked at after a second thought. */
export function isGiven(state: QuoteState): boolean {
  return state === 'accepted' || state.startsWith('blocked_') || state === 'muted_account'
}

const followedBy = prepared<{ me: number; authors: readonly number[] }, { id: number }>(
  (db, { me, authors }, dialect) =>
    db
      .selectFrom('follow')
      .select('account_id as id')
      .where('target_id', '=', me)
      .where(dialect.among(sql`account_id`, authors)),
)

/** Which of these authors follow `me`. */
export async function followersAmong(app: App, me: number, authors: readonly number[]): Promise<Set<number>> {
  if (authors.length === 0) return new Set()
  return new Set((await followedBy(app, { me, authors: [...new Set(authors)] })).map((row) => row.id))
}
