import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { optionsOf, pollById } from '#statuses/polls.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import { vote } from '#statuses/vote.ts'
import type { Shaped } from '../shapes/shape.ts'
import { idOf, isA, listOf, textOf, webUrl } from '../shapes/shape.ts'

/** Whether a Note is a choice in a poll and not a post: a name, no words of its own, and what it answers (surface x, 10). */
export function isVote(object: Shaped): boolean {
  if (!isA(object, 'Note') || typeof object.name !== 'string' || object.name === '') return false
  const wordless = object.content === undefined || object.content === null || object.content === ''
  return wordless && object.inReplyTo !== undefined && object.inReplyTo !== null
}

/** Counts a vote from elsewhere in a poll of ours that its sender may see; gives the word for why not (ACT-13, ACT-14). */
export async function takeVote(app: App, actor: AccountRow, object: Shaped): Promise<string | undefined> {
  const uri = webUrl(object.id)
  const parentUri = webUrl(idOf(listOf(object.inReplyTo, 1)[0]))
  const status = parentUri ? await statusByUri(app, parentUri) : undefined
  const poll = status && (await pollById(app, status.poll_id))
  if (!uri || !status || !poll || status.domain_id === null) return 'a vote in nothing of ours'
  const authors = await app.db.selectFrom('account').selectAll().where('id', '=', status.account_id).execute()
  if (!maySee(await standingTo(app, actor, [status], authors), status)) return 'not to be seen'
  const name = textOf(object.name, 1000)
  const choice = optionsOf(poll).findIndex((option) => option.title === name)
  await vote(app, actor, poll.id, [choice], { uri })
  return undefined
}
