import { sql } from 'kysely'
import type { App } from '#app.ts'
import { quoteAnswered, quoteWanted } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Draft, DraftQuote } from './draft.ts'
import type { QuoteRow, StoredQuoteState } from './quotes.ts'
import { insertQuote, quoteById } from './quotes.ts'
import type { StatusRow } from './statuses.ts'
import { statusById } from './statuses.ts'
import { isOpen } from './visibility.ts'

type Origin = 'here' | 'elsewhere'

/** Stores what a new status quotes, and says what is to follow, in the caller's transaction. */
export async function keepQuote(
  tx: App,
  status: StatusRow,
  id: number,
  { quote, quiet }: Pick<Draft, 'quote' | 'quiet'>,
): Promise<void> {
  if (!quote) return
  const { quoted } = quote
  const row: QuoteRow = {
    id,
    status_id: status.id,
    account_id: status.account_id,
    quoted_id: quoted?.id ?? null,
    quoted_account_id: quoted?.account_id ?? null,
    quoted_uri: quoted ? null : quote.quotedUri,
    state: quoted && quote.isAgreed ? 'accepted' : 'pending',
    legacy: quote.isLegacy ? 1 : 0,
    approval_uri: quote.approvalUri,
    request_uri: null,
    created_at: tx.now(),
    // Of history the first who reads it has it looked into.
    updated_at: quiet ? 0 : tx.now(),
  }
  await insertQuote(tx, row)
  const origin = status.domain_id === null ? 'elsewhere' : 'here'
  if (row.state === 'accepted') await settle(tx, row, status)
  // What history leads to asks nobody and tells nobody.
  if (quiet) return
  if (row.state === 'accepted') await tx.emit(quoteAnswered, { ...telling(row, origin), isNew: true })
  else await tx.emit(quoteWanted, { quoteId: id, statusId: status.id, origin })
}

/** What is owed where a quote came to stand: it counts, and whoever is quoted may read what quotes them. */
async function settle(tx: App, row: QuoteRow, status: StatusRow): Promise<void> {
  if (row.quoted_id === null || row.quoted_account_id === null) return
  // Quotes that are not for everybody are not counted: the number would tell strangers that they exist (PRIV-17).
  if (isOpen(status)) return void (await count(tx, { id: row.quoted_id, step: 1 }))
  if (row.quoted_account_id === status.account_id) return
  const mention = { status_id: status.id, account_id: row.quoted_account_id, silent: 1 }
  await tx.db
    .insertInto('mention')
    .values(mention)
    .onConflict((clash) => clash.columns(['status_id', 'account_id']).doNothing())
    .execute()
}

const count = prepared<{ id: number; step: 1 | -1 }, never>(
  (_db, { id, step }) => sql<never>`update status set quotes_count = quotes_count + ${step}
    where id = ${id} and quotes_count + ${step} >= 0`,
)

const telling = (row: QuoteRow, origin: Origin) => ({
  quoteId: row.id,
  statusId: row.status_id,
  state: row.state,
  origin,
})

/** What is quoted became known: the quote leads to it from now on. */
export async function knowQuoted(app: App, quote: QuoteRow, quoted: StatusRow): Promise<void> {
  const known = { quoted_id: quoted.id, quoted_account_id: quoted.account_id, quoted_uri: null }
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('quote')
      .set(known)
      .where('id', '=', quote.id)
      .where('quoted_id', 'is', null)
      .execute()
  })
}

/** Leaves a quote to the first who reads it: then it is looked into at once. */
export async function leaveToReaders(app: App, { id }: QuoteRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('quote').set({ updated_at: 0 }).where('id', '=', id).execute()
  })
}

/** How a yes was given. */
type Consent = Partial<Pick<QuoteRow, 'approval_uri' | 'request_uri'>>

/**
 * Whoever is quoted agreed: a quote that waited, or was refused before, stands. One that was taken back stays so.
 * The caller has checked who says it.
 */
export async function acceptQuote(
  app: App,
  id: number,
  origin: Origin,
  consent: Consent = {},
): Promise<void> {
  await change(app, id, 'accepted', origin, ['pending', 'rejected'], consent)
}

/** Whoever is quoted does not want it: what waited is refused, what stood is taken back. */
export async function refuseQuote(app: App, id: number, origin: Origin): Promise<void> {
  await change(app, id, 'rejected', origin, ['pending'])
  await change(app, id, 'revoked', origin, ['accepted'])
}

async function change(
  app: App,
  id: number,
  state: StoredQuoteState,
  origin: Origin,
  from: StoredQuoteState[],
  consent: Consent = {},
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const quote = await quoteById(tx, id)
    const status = quote && (await statusById(tx, quote.status_id))
    if (!status || quote.quoted_id === null) return
    const { numUpdatedRows } = await tx.db
      .updateTable('quote')
      .set({ state, updated_at: tx.now(), ...consent })
      .where('id', '=', id)
      .where('state', 'in', from)
      .executeTakeFirst()
    // Somebody else was quicker, or it is too late.
    if (numUpdatedRows === 0n) return
    const changed = { ...quote, ...consent, state }
    if (state === 'accepted') await settle(tx, changed, status)
    if (state === 'revoked' && isOpen(status)) await count(tx, { id: quote.quoted_id, step: -1 })
    await tx.emit(quoteAnswered, telling(changed, origin))
  })
}

/** Whether a status quotes already what a new version of it says. What a draft leaves open stays as it is. */
export async function isSameQuote(app: App, status: StatusRow, quote?: DraftQuote | null): Promise<boolean> {
  if (quote === undefined) return true
  const own = await quoteById(app, status.quote_id)
  if (!own || !quote) return !own && !quote
  if (own.quoted_id !== null) return own.quoted_id === quote.quoted?.id
  // What it quoted is gone, and the new version may still name that.
  return own.quoted_uri === null ? quote.quoted === null : own.quoted_uri === quote.quotedUri
}

/** Gives a status the quote of its new version, which is asked for anew; answers the id, in the caller's transaction. */
export async function replaceQuote(
  tx: App,
  status: StatusRow,
  quote?: DraftQuote | null,
): Promise<number | null> {
  if (quote === undefined || (await isSameQuote(tx, status, quote))) return status.quote_id
  await dropOwnQuote(tx, status)
  if (!quote) return null
  const id = tx.newId()
  await keepQuote(tx, status, id, { quote, quiet: false })
  return id
}

async function dropOwnQuote(tx: App, status: StatusRow): Promise<void> {
  const own = await quoteById(tx, status.quote_id)
  if (!own) return
  if (own.state === 'accepted' && own.quoted_id !== null && isOpen(status))
    await count(tx, { id: own.quoted_id, step: -1 })
  await tx.db.deleteFrom('quote').where('id', '=', own.id).execute()
}

/** A status goes: what it quoted counts one less, and what quoted it quotes nothing; in the caller's transaction. */
export async function dropQuotes(tx: App, status: StatusRow): Promise<void> {
  await dropOwnQuote(tx, status)
  const told = await livingQuotesByOurs(tx, { id: status.id })
  const of = tx.db.updateTable('quote').where('quoted_id', '=', status.id)
  await of
    .set({ state: 'deleted', updated_at: tx.now() })
    .where('state', 'in', ['pending', 'accepted'])
    .execute()
  await of.set({ quoted_id: null }).execute()
  // Those who read what our members wrote about it may not hear of its end by themselves.
  for (const quote of told) await tx.emit(quoteAnswered, { ...telling(quote, 'here'), state: 'deleted' })
}

/** How many of our members are told, by what they wrote, of the end of what they quoted. */
const MOST_TOLD = 1000

const livingQuotesByOurs = prepared<{ id: number }, QuoteRow>((db, { id }) =>
  db
    .selectFrom('quote')
    .innerJoin('account', 'account.id', 'quote.account_id')
    .selectAll('quote')
    .where('quoted_id', '=', id)
    .where('state', 'in', ['pending', 'accepted'])
    .where('account.domain_id', 'is not', null)
    .limit(MOST_TOLD),
)
