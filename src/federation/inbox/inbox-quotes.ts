import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { quoteWanted } from '#happenings.ts'
import { mayQuote } from '#statuses/compose-quote.ts'
import { createStatus } from '#statuses/create-status.ts'
import { leaveTombstone } from '#statuses/delete-status.ts'
import { acceptQuote, refuseQuote } from '#statuses/keep-quote.ts'
import type { QuoteRow } from '#statuses/quotes.ts'
import { quoteById, quotesByApproval } from '#statuses/quotes.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { isTombstoned, statusByUri } from '#statuses/statuses.ts'
import { answerQuestion, rejectQuoting } from '../deliver/deliver-quotes.ts'
import { statusAt } from '../fetch/fetch-status.ts'
import { authorOf } from '../shapes/authors.ts'
import { readNote } from '../shapes/read-note.ts'
import { approvalIn, readPolicy } from '../shapes/read-quote.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isA, isObject, listOf, sameOrigin, webUrl } from '../shapes/shape.ts'
import { questionNumber } from '../shapes/write-quote.ts'
import type { Deed, Row } from './inbox.ts'

/** Somebody asks whether a post of theirs (the instrument) may quote one of ours: what its author said decides. */
export const takeQuestion: Row = async (app, { actor, activity, objectId }) => {
  const uri = webUrl(activity.id)
  const [instrument] = listOf(activity.instrument, 1)
  const quotingUri = webUrl(idOf(instrument))
  if (!uri || !quotingUri || !sameOrigin(uri, actor.uri) || !sameOrigin(quotingUri, actor.uri))
    return 'a question of another origin'
  const quoted = objectId === null ? undefined : await statusByUri(app, objectId)
  if (!quoted || quoted.domain_id === null || quoted.reblog_of_id !== null) return 'nothing of ours'
  const refuse = () =>
    app.inTransaction((tx) =>
      tx.later(rejectQuoting, { quotedId: quoted.id, accountId: actor.id, uri, quotingUri }),
    )
  if ((await mayQuote(app, actor, quoted)) !== 'automatic') {
    await refuse()
    return 'not to be quoted'
  }
  const status = (await statusByUri(app, quotingUri)) ?? (await quotingPost(app, actor, instrument))
  if (!status || status.account_id !== actor.id) return 'no such post'
  const quote = await quoteById(app, status.quote_id)
  if (quote?.quoted_id !== quoted.id) return 'it quotes something else'
  if (quote.state === 'revoked') {
    await refuse()
    return 'taken back'
  }
  if (quote.state === 'accepted') await app.inTransaction((tx) => answerQuestion(tx, quote, uri))
  else await acceptQuote(app, quote.id, 'here', { request_uri: uri })
  return undefined
}

/** The post that asks: as it came along, when it is the asker's own, or from its origin. */
async function quotingPost(app: App, actor: AccountRow, instrument: unknown): Promise<StatusRow | null> {
  if (!isObject(instrument) || instrument.content === undefined)
    return statusAt(app, String(idOf(instrument)))
  if (authorOf(instrument) !== actor.uri) return null
  const draft = await readNote(app, instrument, actor)
  return draft && createStatus(app, draft)
}

/** Whether an Accept or Reject answers a question about a quote. */
export const isAboutQuote = ({ object, objectId }: Deed): boolean =>
  (isObject(object) && isA(object, 'QuoteRequest')) || questionNumber(objectId) !== null

/** The quote that we asked the answering actor about; nobody else has a say in it (ACT-17). */
async function quoteAskedFor(app: App, { actor, object, objectId }: Deed): Promise<QuoteRow | undefined> {
  const named = isObject(object) ? idOf(listOf(object.instrument, 1)[0]) : null
  const status = named === null ? undefined : await statusByUri(app, named)
  const quote = await quoteById(app, questionNumber(objectId) ?? status?.quote_id ?? null)
  const asker = quote && (await accountById(app, quote.account_id))
  return asker && asker.domain_id !== null && quote.quoted_account_id === actor.id ? quote : undefined
}

export const accept: Row = async (app, deed) => {
  const { actor, activity } = deed
  const quote = await quoteAskedFor(app, deed)
  if (!quote) return 'an answer to nothing we asked'
  const approval = webUrl(idOf(listOf(activity.result, 1)[0]))
  if (!approval || !sameOrigin(approval, actor.uri)) return 'a consent without its document'
  const isOver = await isTombstoned(app, approval, actor.uri)
  await app.inTransaction(async (tx) => {
    await acceptQuote(tx, quote.id, 'elsewhere', { approval_uri: approval })
    // It was taken back before it came.
    if (isOver) await refuseQuote(tx, quote.id, 'elsewhere')
  })
  return undefined
}

export const reject: Row = async (app, deed) => {
  const quote = await quoteAskedFor(app, deed)
  if (!quote) return 'an answer to nothing we asked'
  await refuseQuote(app, quote.id, 'elsewhere')
  return undefined
}

/** Ends the quotes that this consent of the actor stood for; false when it stood for none of theirs (ACT-29). */
export async function takeBackConsent(app: App, actor: AccountRow, uri: string): Promise<boolean> {
  const quotes = (await quotesByApproval(app, uri)).filter((row) => row.quoted_account_id === actor.id)
  for (const quote of quotes) await refuseQuote(app, quote.id, 'elsewhere')
  if (quotes.length > 0) await app.inTransaction((tx) => leaveTombstone(tx, uri, actor.uri, false))
  return quotes.length > 0
}

/** Takes what a new version of a post says about quotes, which is no edit: who may quote it, and a consent. False without any. */
export async function takeQuoteNews(
  app: App,
  known: StatusRow,
  object: Shaped,
  author: AccountRow,
): Promise<boolean> {
  const quote_policy = readPolicy(object, author)
  const isNewPolicy = quote_policy !== null && quote_policy !== known.quote_policy
  const approval = approvalIn(object)
  const quote = await quoteById(app, known.quote_id)
  const isAwaited = approval !== null && (quote?.state === 'pending' || quote?.state === 'rejected')
  // One that is not named any more may be over; whoever gave it is asked.
  const isDoubtful = quote?.state === 'accepted' && quote.approval_uri !== null && approval === null
  if (!isNewPolicy && !isAwaited && !isDoubtful) return false
  await app.inTransaction(async (tx) => {
    if (isNewPolicy)
      await tx.db.updateTable('status').set({ quote_policy }).where('id', '=', known.id).execute()
    if (!quote || (!isAwaited && !isDoubtful)) return
    if (isAwaited)
      await tx.db.updateTable('quote').set({ approval_uri: approval }).where('id', '=', quote.id).execute()
    await tx.emit(quoteWanted, { quoteId: quote.id, statusId: known.id, origin: 'elsewhere' })
  })
  return true
}
