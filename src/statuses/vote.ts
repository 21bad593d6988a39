import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { pollVoted } from '#happenings.ts'
import { invalid } from '#platform/errors.ts'
import { oweEnd } from './keep-poll.ts'
import type { PollRow, PollVoteRow } from './polls.ts'
import { hasEnded, heldPoll, optionsOf } from './polls.ts'

type Foreign = { uri: string } | null

/**
 * Takes part in a poll: once where one answer counts; where several do, later calls may add others. The caller
 * has checked that the account may see the poll. Throws `invalid` for what cannot be chosen (any more).
 */
export async function vote(
  app: App,
  account: Pick<AccountRow, 'id' | 'uri'>,
  pollId: number,
  choices: readonly number[],
  foreign: Foreign = null,
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const poll = await heldPoll(tx, pollId)
    if (!poll) throw invalid('Validation failed: The chosen vote option does not exist')
    const before = await votesOf(tx, account.id, pollId)
    refuse(tx, account, poll, choices, before)
    const rows = choices.map((choice): PollVoteRow => {
      const id = tx.newId()
      const uri = foreign?.uri ?? `${account.uri}#votes/${id}`
      return { id, poll_id: pollId, account_id: account.id, choice, uri, created_at: tx.now() }
    })
    await tx.db.insertInto('poll_vote').values(rows).execute()
    await count(tx, poll, choices, before.length === 0)
    const { status_id: statusId } = poll
    const voteIds = rows.map((row) => row.id)
    const origin = foreign ? 'elsewhere' : 'here'
    await tx.emit(pollVoted, { pollId, statusId, accountId: account.id, voteIds, origin })
    // Nobody here needed to hear of the end of a poll elsewhere before somebody took part.
    if (poll.fetched_at !== null && !foreign && before.length === 0) await oweEnd(tx, poll)
  })
}

function refuse(
  tx: App,
  account: Pick<AccountRow, 'id'>,
  poll: PollRow,
  choices: readonly number[],
  before: number[],
) {
  if (poll.account_id === account.id) throw invalid("Validation failed: You can't vote in your own polls")
  if (hasEnded(poll, tx.now())) throw invalid('Validation failed: The poll has already ended')
  const options = optionsOf(poll)
  if (choices.length === 0 || choices.some((choice) => !options[choice]))
    throw invalid('Validation failed: The chosen vote option does not exist')
  const single = poll.multiple === 0 && (before.length > 0 || choices.length > 1)
  const again = new Set([...before, ...choices]).size < before.length + choices.length
  if (single || again) throw invalid('Validation failed: You have already voted on this poll')
}

async function votesOf(tx: App, accountId: number, pollId: number): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('poll_vote')
    .select('choice')
    .where('poll_id', '=', pollId)
    .where('account_id', '=', accountId)
    .execute()
  return rows.map((row) => row.choice)
}

async function count(tx: App, poll: PollRow, choices: readonly number[], first: boolean) {
  const options = optionsOf(poll)
  for (const choice of choices) {
    const option = options[choice]
    if (option) option.votes++
  }
  await tx.db
    .updateTable('poll')
    .set({
      options: JSON.stringify(options),
      votes_count: poll.votes_count + choices.length,
      voters_count: poll.voters_count === null ? null : poll.voters_count + (first ? 1 : 0),
    })
    .where('id', '=', poll.id)
    .execute()
}
