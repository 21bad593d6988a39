import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { quoteWanted } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'
import { job } from '#platform/jobs/declare.ts'
import { noteProgress } from '#statuses/async-refreshes.ts'
import { acceptQuote, knowQuoted, leaveToReaders, refuseQuote } from '#statuses/keep-quote.ts'
import type { QuoteRow } from '#statuses/quotes.ts'
import { quoteById } from '#statuses/quotes.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { isTombstoned, statusById, statusByUri } from '#statuses/statuses.ts'
import { idOf, isA, sameOrigin } from '../shapes/shape.ts'
import { withBudget } from './budget.ts'
import { fetchDocument } from './fetch-document.ts'
import { statusAt } from './fetch-status.ts'

/** What one quote may cost: what is quoted with its author, and the consent. */
const MOST_REQUESTS = 20

/** Looks for what a post from elsewhere quotes, and for the quoted author's consent at the quoted author's server. */
export const verifyQuote = job({
  name: 'verify quote',
  queue: 'fetch',
  tries: 3,
  payload: quoteWanted.payload,
  concerns: (_tx, { origin }) => origin === 'elsewhere',
  async run(app, { quoteId, origin, refreshId }) {
    const quote = origin === 'here' ? undefined : await quoteById(app, quoteId)
    if (!quote || quote.state === 'revoked' || quote.state === 'deleted') return
    const isRead = refreshId !== undefined
    await withBudget(MOST_REQUESTS, () =>
      quote.state === 'accepted' ? ask(app, quote) : verify(app, quote, isRead),
    )
    if (!isRead) return
    const isThere = (await quoteById(app, quoteId))?.state === 'accepted'
    await noteProgress(app, refreshId, isThere ? 1 : 0, true)
  },
})

async function verify(app: App, quote: QuoteRow, isRead: boolean): Promise<void> {
  const quoted = await quotedBy(app, quote, isRead)
  if (!quoted || quoted.reblog_of_id !== null) return
  if (quote.quoted_id === null) await knowQuoted(app, quote, quoted)
  const [by, of] = [await accountById(app, quote.account_id), await accountById(app, quoted.account_id)]
  if (!by || !of) return
  if (by.id === of.id) return acceptQuote(app, quote.id, 'elsewhere')
  // Ours answer when they are asked.
  if (of.domain_id !== null || quote.approval_uri === null) return
  if (await isTombstoned(app, quote.approval_uri, of.uri)) return takeAsOver(app, quote)
  if (await isApproved(app, quote, quoted, of)) await acceptQuote(app, quote.id, 'elsewhere')
}

/** What was taken back before it came is as if it had come in time. */
async function takeAsOver(app: App, quote: QuoteRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await acceptQuote(tx, quote.id, 'elsewhere')
    await refuseQuote(tx, quote.id, 'elsewhere')
  })
}

/** Asks whether a consent that was seen before is still there. */
async function ask(app: App, quote: QuoteRow): Promise<void> {
  const quoted = await statusById(app, quote.quoted_id ?? 0)
  const author = quoted && (await accountById(app, quoted.account_id))
  if (!author || author.domain_id !== null || quote.approval_uri === null) return
  if (!(await isApproved(app, quote, quoted, author))) await refuseQuote(app, quote.id, 'elsewhere')
}

async function quotedBy(app: App, quote: QuoteRow, isRead: boolean): Promise<StatusRow | null> {
  if (quote.quoted_id !== null) return (await statusById(app, quote.quoted_id)) ?? null
  if (quote.quoted_uri === null) return null
  const known = await statusByUri(app, quote.quoted_uri)
  if (known) return known
  if (!isRead && (await quotedTwice(app, { id: quote.status_id })).length > 0) {
    await leaveToReaders(app, quote)
    return null
  }
  return statusAt(app, quote.quoted_uri, { isLed: true })
}

/** Whether a status came in at the end of two quotes already: a longer chain is followed by who reads it (LOOP-13). */
const quotedTwice = prepared<{ id: number }, { id: number }>((db, { id }) =>
  db
    .selectFrom('quote as near')
    .innerJoin('quote as far', 'far.quoted_id', 'near.status_id')
    .select('far.id')
    .where('near.quoted_id', '=', id)
    .limit(1),
)

/**
 * Whether the quoted author's own server says that this very post may quote that very post. What says otherwise counts
 * for nothing, so that nobody can spoil a quote with a false consent (ACT-26, ACT-28).
 */
async function isApproved(
  app: App,
  quote: QuoteRow,
  quoted: StatusRow,
  author: AccountRow,
): Promise<boolean> {
  const { approval_uri: uri } = quote
  const status = await statusById(app, quote.status_id)
  if (uri === null || !status || !sameOrigin(uri, author.uri)) return false
  const fetched = await fetchDocument(app, uri, { fresh: true })
  if (fetched.kind === 'failed') throw new Error(`${uri} could not be had`)
  if (fetched.kind !== 'document' || !sameOrigin(fetched.url, uri)) return false
  const { document } = fetched
  return (
    document.id === uri &&
    isA(document, 'QuoteAuthorization') &&
    idOf(document.attributedTo) === author.uri &&
    idOf(document.interactingObject) === status.uri &&
    idOf(document.interactionTarget) === quoted.uri
  )
}
