import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { isoTime } from '#platform/times.ts'
import type { PollOption, PollRow, PollVoteRow } from '#statuses/polls.ts'
import { hasEnded, optionsOf, pollsByIds } from '#statuses/polls.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import type { Document } from './context-out.ts'

/** What makes Questions of the Notes of these statuses, by status id; no query where none has a poll. */
export async function writeQuestions(
  app: App,
  rows: readonly Pick<StatusRow, 'id' | 'poll_id'>[],
): Promise<Map<number, Document>> {
  const ids = rows.flatMap((row) => row.poll_id ?? [])
  const polls = await pollsByIds(app, ids)
  return new Map([...polls.values()].map((poll) => [poll.status_id, writeQuestion(poll, app.now())]))
}

function writeQuestion(poll: PollRow, now: number): Document {
  const ended = hasEnded(poll, now)
  const hidden = poll.hide_totals === 1 && !ended
  const options = optionsOf(poll).map(({ title, votes }: PollOption) => ({
    type: 'Note',
    name: title,
    replies: { type: 'Collection', totalItems: hidden ? 0 : votes },
  }))
  return {
    type: 'Question',
    [poll.multiple === 1 ? 'anyOf' : 'oneOf']: options,
    ...(poll.expires_at === null ? {} : { endTime: isoTime(poll.expires_at) }),
    ...(ended && poll.expires_at !== null ? { closed: isoTime(poll.expires_at) } : {}),
    votersCount: poll.voters_count,
  }
}

/** One choice as it is sent to the poll's author, and to nobody else. */
export function writeVote(
  actor: Pick<AccountRow, 'uri'>,
  vote: Pick<PollVoteRow, 'id' | 'uri'>,
  about: { title: string; statusUri: string; authorUri: string },
): Document {
  const note = {
    id: vote.uri,
    type: 'Note',
    name: about.title,
    attributedTo: actor.uri,
    inReplyTo: about.statusUri,
    to: about.authorUri,
  }
  const id = `${vote.uri}/activity`
  return { id, type: 'Create', actor: actor.uri, to: about.authorUri, object: note }
}
