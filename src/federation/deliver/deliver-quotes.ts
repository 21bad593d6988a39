import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { quoteAnswered, quotePolicyChanged, quoteWanted } from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import type { QuoteRow } from '#statuses/quotes.ts'
import { quoteById } from '#statuses/quotes.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import { updateNote } from '../shapes/activities.ts'
import type { Document } from '../shapes/context-out.ts'
import { withContext } from '../shapes/context-out.ts'
import type { Question } from '../shapes/write-quote.ts'
import { acceptQuestion, deleteAuthorization, quoteRequest, rejectQuestion } from '../shapes/write-quote.ts'
import { audienceOf, touchedBy } from './audiences.ts'
import { NEWER, postToSend } from './deliver.ts'
import { FIRST, numberOf, patience, send, urgency } from './deliver-send.ts'
import type { Audience } from './recipients.ts'

const END = 'end'

type Saying = { document: Document; to: Partial<Audience>; word: string; takesBack?: string[] }

/** Sends what `actor` says about a quote, if it is still so. */
async function say(app: App, actor: AccountRow, quote: QuoteRow, saying: Saying): Promise<void> {
  const { document, ...rest } = saying
  await send(app, {
    actor,
    document: withContext(document),
    ...rest,
    about: `quote ${quote.id}`,
    prio: urgency.answer,
    keeps: patience.post,
    holds: async (tx) => (await quoteById(tx, quote.id))?.state === quote.state,
  })
}

/** Asks the author of a post elsewhere whether one of ours may quote it. */
export const deliverQuestion = job({
  name: 'deliver quote request',
  queue: 'local',
  tries: 8,
  payload: quoteWanted.payload,
  concerns: (_tx, { origin }) => origin === 'here',
  async run(app, { quoteId, statusId, origin }) {
    if (origin !== 'here') return
    const [quote, post] = [await quoteById(app, quoteId), await postToSend(app, statusId)]
    const quoted = quote && (await statusById(app, quote.quoted_id ?? 0))
    if (!quoted || !post || quote.state !== 'pending') return
    await say(app, post.actor, quote, {
      document: quoteRequest(post.actor, quote, quoted.uri, post.note),
      to: { accounts: [quoted.account_id], personal: true },
      word: FIRST,
    })
  },
})

/** Tells what became of a quote: those who read the post of ours that quotes, or those elsewhere who quote a post of ours. */
export const deliverAnswer = job({
  name: 'deliver quote answer',
  queue: 'local',
  tries: 8,
  payload: quoteAnswered.payload,
  concerns: (_tx, { isNew }) => !isNew,
  async run(app, { quoteId, statusId, isNew }) {
    const [quote, status] = [await quoteById(app, quoteId), await statusById(app, statusId)]
    const quoted = quote && (await statusById(app, quote.quoted_id ?? 0))
    const author = quoted && (await accountById(app, quoted.account_id))
    if (!quote || !status) return
    if (status.domain_id !== null && !isNew) await sendAnew(app, status.id, quote.updated_at, quote)
    if (!author || !isLocal(author)) return
    if (quote.state === 'revoked') await sendRevocation(app, author, quote, status)
    else await sendAnswer(app, author, quote, { status, quotedUri: quoted.uri })
  },
})

async function sendAnswer(
  app: App,
  author: AccountRow,
  quote: QuoteRow,
  { status, quotedUri }: { status: StatusRow; quotedUri: string },
): Promise<void> {
  const asker = await accountById(app, status.account_id)
  if (quote.request_uri === null || !asker) return
  const question = { uri: quote.request_uri, actorUri: asker.uri, quotedUri, quotingUri: status.uri }
  const to = { accounts: [asker.id], personal: true }
  if (quote.state === 'accepted')
    await say(app, author, quote, { document: acceptQuestion(author, question, quote), to, word: FIRST })
  if (quote.state === 'rejected')
    await say(app, author, quote, {
      document: rejectQuestion(author, question, String(quote.id)),
      to,
      word: END,
      takesBack: [FIRST],
    })
}

/** Those who may have seen that the author agreed: who quoted, and the followers of either who is ours. */
async function sendRevocation(
  app: App,
  author: AccountRow,
  quote: QuoteRow,
  status: StatusRow,
): Promise<void> {
  const to =
    status.domain_id === null
      ? { followersOf: author.id, accounts: [status.account_id] }
      : await audienceOf(app, status)
  await say(app, author, quote, {
    document: deleteAuthorization(author, quote),
    to,
    word: END,
    takesBack: [FIRST],
  })
}

/** Sends a post of ours as it is now, at the time `at`, to all who have it: no edit, so its words are the same. */
async function sendAnew(app: App, statusId: number, at: number, quote?: QuoteRow): Promise<void> {
  const post = await postToSend(app, statusId)
  if (!post) return
  const { status, actor, note } = post
  const to = await audienceOf(app, status)
  to.accounts.push(...(await touchedBy(app, status)))
  await send(app, {
    actor,
    // An edit of the same moment is another activity.
    document: withContext({ ...updateNote(note, at), id: `${note.id}#updates/${at}/quote` }),
    to,
    about: status.uri,
    word: NEWER,
    prio: urgency.mark,
    keeps: patience.post,
    holds: async (tx) =>
      quote
        ? (await quoteById(tx, quote.id))?.state === quote.state
        : (await statusById(tx, statusId)) !== undefined,
  })
}

/** Tells all who have a post of ours who may quote it from now on. */
export const deliverPolicy = job({
  name: 'deliver quote policy',
  queue: 'local',
  tries: 8,
  payload: quotePolicyChanged.payload,
  run: (app, { statusId, at }) => sendAnew(app, statusId, at),
})

/** Gives the answer to a question that was asked again, or about what stood already; in the caller's transaction. */
export async function answerQuestion(tx: App, quote: QuoteRow, uri: string): Promise<void> {
  await tx.db.updateTable('quote').set({ request_uri: uri }).where('id', '=', quote.id).execute()
  const told = { quoteId: quote.id, statusId: quote.status_id, state: quote.state, isNew: true }
  await tx.later(deliverAnswer, { ...told, origin: 'here' })
}

/** Says no to a question of another server. Nothing is kept of it. */
export const rejectQuoting = job({
  name: 'deliver quote reject',
  queue: 'local',
  tries: 8,
  payload: z.object({
    quotedId: z.number().int(),
    accountId: z.number().int(),
    uri: z.string(),
    quotingUri: z.string(),
  }),
  async run(app, { quotedId, accountId, uri, quotingUri }) {
    const [quoted, asker] = [await statusById(app, quotedId), await accountById(app, accountId)]
    const author = quoted && (await accountById(app, quoted.account_id))
    if (!quoted || !author || !asker || !isLocal(author)) return
    const question: Question = { uri, actorUri: asker.uri, quotedUri: quoted.uri, quotingUri }
    await send(app, {
      actor: author,
      document: withContext(rejectQuestion(author, question, String(numberOf(uri)))),
      to: { accounts: [asker.id], personal: true },
      about: `quote request ${uri}`,
      word: FIRST,
      prio: urgency.answer,
      keeps: patience.mark,
    })
  },
})
