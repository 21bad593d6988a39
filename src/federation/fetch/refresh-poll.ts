import type { App } from '#app.ts'
import { takeTallies } from '#statuses/keep-poll.ts'
import { pollById } from '#statuses/polls.ts'
import { statusById } from '#statuses/statuses.ts'
import { authorOf } from '../shapes/authors.ts'
import { readQuestion } from '../shapes/read-question.ts'
import { fetchDocument } from './fetch-document.ts'
import { ownDocument } from './fetch-status.ts'

/** Asks the server of a poll for its results; leaves them as they are when there is no answer. */
export async function refreshRemotePoll(app: App, pollId: number): Promise<void> {
  const poll = await pollById(app, pollId)
  const status = poll && (await statusById(app, poll.status_id))
  if (!poll || !status || poll.fetched_at === null) return
  // Noted before asking: a server that does not answer is not asked again at once.
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('poll').set({ fetched_at: tx.now() }).where('id', '=', pollId).execute()
  })
  const fetched = await fetchDocument(app, status.uri, { fresh: true })
  const own = fetched.kind === 'document' ? await ownDocument(app, fetched.document, fetched.url) : null
  const author = await app.db
    .selectFrom('account')
    .select('uri')
    .where('id', '=', status.account_id)
    .executeTakeFirst()
  if (!own || own.id !== status.uri || authorOf(own) !== author?.uri) return
  const said = readQuestion(own, app.now())
  if (said) await takeTallies(app, pollId, said)
}
