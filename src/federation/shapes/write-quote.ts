import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { escapeHtml } from '#platform/html.ts'
import { quotePolicyOf } from '#statuses/quote-policy.ts'
import type { QuoteRow } from '#statuses/quotes.ts'
import { quoteById, quotesByIds } from '#statuses/quotes.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById, statusesByIds } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import type { Document } from './context-out.ts'
import { PUBLIC } from './context-out.ts'

const MISSKEY_QUOTE = 'https://misskey-hub.net/ns#_misskey_quote'
const ACTIVITY = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

type Author = Pick<AccountRow, 'uri' | 'followers_url'>

/** Who may quote a status of ours, and `besides` who may do what else; whoever is not named is refused when they ask (FEP-044f). */
export function writePolicy(
  row: Pick<StatusRow, 'quote_policy'>,
  author: Author,
  besides: Document = {},
): Document {
  const { automatic } = quotePolicyOf(row)
  const named = automatic.flatMap((group) => {
    if (group === 'public') return PUBLIC
    return group === 'followers' ? (author.followers_url ?? `${author.uri}/followers`) : []
  })
  // Nobody is written as oneself: an empty list would mean that nothing was said.
  const automaticApproval = named.length > 0 ? named : [author.uri]
  return { interactionPolicy: { canQuote: { automaticApproval }, ...besides } }
}

/** What a Note says of what it quotes, its tag for those who look there, and its first line for those who know no quotes. */
export type WrittenQuote = { words: Document; tag: Document; line: (content: string) => string }

/** What these statuses of ours quote, by their id: what was refused or is gone is not named any more. */
export async function writeQuotes(app: App, rows: readonly StatusRow[]): Promise<Map<number, WrittenQuote>> {
  const quotes = await quotesByIds(
    app,
    rows.flatMap((row) => row.quote_id ?? []),
  )
  const live = [...quotes.values()].filter(({ state }) => state === 'pending' || state === 'accepted')
  if (live.length === 0) return new Map()
  const quoted = await statusesByIds(app, [...new Set(live.flatMap((row) => row.quoted_id ?? []))])
  const authors = await accountsByIds(app, [...new Set([...quoted.values()].map((row) => row.account_id))])
  const written = new Map<number, WrittenQuote>()
  for (const quote of live) {
    const status = quoted.get(quote.quoted_id ?? 0)
    const author = status && authors.get(status.account_id)
    if (author) written.set(quote.status_id, write(quote, status, author))
  }
  return written
}

function write(quote: QuoteRow, { uri, url }: StatusRow, author: AccountRow): WrittenQuote {
  const approval = quote.state === 'accepted' ? approvalUri(quote, author) : null
  const shown = escapeHtml(url ?? uri)
  const line = `<p class="quote-inline">RE: <a href="${shown}">${shown}</a></p>`
  return {
    words: {
      quote: uri,
      quoteUri: uri,
      quoteUrl: uri,
      _misskey_quote: uri,
      ...(approval === null ? {} : { quoteAuthorization: approval }),
    },
    // FEP-e232
    tag: { type: 'Link', mediaType: ACTIVITY, rel: MISSKEY_QUOTE, href: uri, name: `RE: ${url ?? uri}` },
    line: (content) => (content.includes(shown) ? content : `${line}${content}`),
  }
}

/** Where it is said that the quoted author agreed: here for members of ours, else where their server says. */
function approvalUri(quote: QuoteRow, author: AccountRow): string | null {
  return author.domain_id === null ? quote.approval_uri : authorizationUri(author, quote)
}

/** The address of what says that a member of ours agreed to a quote. */
export const authorizationUri = (author: Pick<AccountRow, 'uri'>, quote: Pick<QuoteRow, 'id'>) =>
  `${author.uri}/quote_authorizations/${quote.id}`

/** What says that the account agreed to a quote; null when it did not, no more, or the reader may not see both posts. */
export async function quoteAuthorization(
  app: App,
  account: AccountRow,
  id: number,
  reader: AccountRow | null,
): Promise<Document | null> {
  const quote = await quoteById(app, id)
  if (quote?.state !== 'accepted' || quote.quoted_account_id !== account.id) return null
  const [status, quoted] = [
    await statusById(app, quote.status_id),
    await statusById(app, quote.quoted_id ?? 0),
  ]
  const author = await accountById(app, quote.account_id)
  if (!status || !quoted || !author) return null
  const both = [status, quoted]
  const standing = await standingTo(app, reader, both, [account, author])
  if (!both.every((each) => maySee(standing, each))) return null
  return {
    id: authorizationUri(account, quote),
    type: 'QuoteAuthorization',
    attributedTo: account.uri,
    interactingObject: status.uri,
    interactionTarget: quoted.uri,
  }
}

/** Whether the account agreed to a quote once and took that back. */
export async function wasTakenBack(app: App, account: AccountRow, id: number): Promise<boolean> {
  const quote = await quoteById(app, id)
  return quote?.state === 'revoked' && quote.quoted_account_id === account.id
}

type Actor = Pick<AccountRow, 'uri'>

/** The question whether a post of ours may quote; the post is within, for it may be for few. */
export function quoteRequest(
  actor: Actor,
  quote: Pick<QuoteRow, 'id'>,
  quotedUri: string,
  note: Document,
): Document {
  const id = `${actor.uri}#quote_requests/${quote.id}`
  return { id, type: 'QuoteRequest', actor: actor.uri, object: quotedUri, instrument: note }
}

/** The id in the address of a question of ours, or null. */
export function questionNumber(uri: string | null): number | null {
  const found = /#quote_requests\/(\d{1,16})$/.exec(uri ?? '')
  return found ? Number(found[1]) : null
}

/** A question of another server, as it is named in the answer. */
export type Question = { uri: string; actorUri: string; quotedUri: string; quotingUri: string }

const asked = ({ uri, actorUri, quotedUri, quotingUri }: Question): Document => ({
  id: uri,
  type: 'QuoteRequest',
  actor: actorUri,
  object: quotedUri,
  instrument: quotingUri,
})

/** Yes to a question, and where that is said. */
export function acceptQuestion(actor: Actor, question: Question, quote: Pick<QuoteRow, 'id'>): Document {
  return {
    id: `${actor.uri}#accepts/quote_requests/${quote.id}`,
    type: 'Accept',
    actor: actor.uri,
    to: question.actorUri,
    object: asked(question),
    result: authorizationUri(actor, quote),
  }
}

/** No to a question; `name` tells it from other answers of the actor. */
export function rejectQuestion(actor: Actor, question: Question, name: string): Document {
  return {
    id: `${actor.uri}#rejects/quote_requests/${name}`,
    type: 'Reject',
    actor: actor.uri,
    to: question.actorUri,
    object: asked(question),
  }
}

/** The end of a consent: nothing of it but its id, for what quoted may have been for few. */
export function deleteAuthorization(actor: Actor, quote: Pick<QuoteRow, 'id'>): Document {
  const id = authorizationUri(actor, quote)
  return {
    id: `${id}#delete`,
    type: 'Delete',
    actor: actor.uri,
    to: [PUBLIC],
    object: { id, type: 'QuoteAuthorization' },
  }
}
