import { z } from 'zod'
import type { App } from '#app.ts'
import { pollEnded } from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import { MINUTE } from '#platform/times.ts'
import type { DraftPoll } from './draft.ts'
import type { PollRow } from './polls.ts'
import { heldPoll, optionsOf, pollById } from './polls.ts'
import type { StatusRow } from './statuses.ts'

/** What happened elsewhere at the last moment has time to arrive before anybody is told of the end. */
const AFTER_REMOTE_END = 5 * MINUTE

/** Ends a poll whose time has come: those who took part are told, once. */
export const endPoll = job({
  name: 'end poll',
  queue: 'local',
  tries: 8,
  payload: z.object({ pollId: z.number().int() }),
  async run(app, { pollId }) {
    await app.inTransaction(async (tx) => {
      const poll = await heldPoll(tx, pollId)
      if (!poll || poll.ended_at !== null || poll.expires_at === null) return
      // The end was moved by an edit after this was owed.
      if (poll.expires_at > tx.now()) return oweEnd(tx, poll)
      await tx.db.updateTable('poll').set({ ended_at: tx.now() }).where('id', '=', pollId).execute()
      const { status_id: statusId, account_id: accountId } = poll
      const local = poll.fetched_at === null
      await tx.emit(pollEnded, { pollId, statusId, accountId, origin: local ? 'here' : 'elsewhere' })
    })
  },
})

/** Owes the end of a poll at its time, in the caller's transaction; asking again moves it. */
export async function oweEnd(tx: App, poll: Pick<PollRow, 'id' | 'expires_at' | 'fetched_at'>) {
  if (poll.expires_at === null) return
  const at = poll.expires_at + (poll.fetched_at === null ? 0 : AFTER_REMOTE_END)
  await tx.later(endPoll, { pollId: poll.id }, { at, unique: `end poll ${poll.id}` })
}

const shapeOf = (poll: DraftPoll) => ({
  multiple: poll.multiple ? 1 : 0,
  hide_totals: poll.hideTotals ? 1 : 0,
  options: JSON.stringify(poll.options),
  votes_count: poll.options.reduce((sum, option) => sum + option.votes, 0),
  voters_count: poll.votersCount,
  expires_at: poll.expiresAt,
})

/** Writes the poll of a status whose row already names it, in the caller's transaction. */
export async function insertPoll(
  tx: App,
  status: Pick<StatusRow, 'id' | 'account_id' | 'domain_id' | 'poll_id'>,
  poll: DraftPoll,
): Promise<void> {
  const row: PollRow = {
    id: status.poll_id as number,
    status_id: status.id,
    account_id: status.account_id,
    ...shapeOf(poll),
    ended_at: null,
    fetched_at: status.domain_id === null ? tx.now() : null,
  }
  await tx.db.insertInto('poll').values(row).execute()
  if (status.domain_id !== null) await oweEnd(tx, row)
}

/** Whether voters would choose among something else than before. */
export function asksAnew(known: PollRow, poll: DraftPoll): boolean {
  const titles = (options: { title: string }[]) => JSON.stringify(options.map(({ title }) => title))
  return titles(optionsOf(known)) !== titles(poll.options) || (known.multiple === 1) !== poll.multiple
}

/** Whether an edit leaves the poll as it is; the end may differ by the time it took to write. */
export async function isSamePoll(app: App, status: StatusRow, poll: DraftPoll | null): Promise<boolean> {
  const known = await pollById(app, status.poll_id)
  if (!known || !poll) return !known && !poll
  return (
    !asksAnew(known, poll) &&
    (known.hide_totals === 1) === poll.hideTotals &&
    (known.expires_at === null) === (poll.expiresAt === null) &&
    Math.abs((known.expires_at ?? 0) - (poll.expiresAt ?? 0)) < MINUTE
  )
}

/**
 * Gives an edited status another poll, or none, in the caller's transaction, and returns its id. Votes stand
 * while the options stay what they were.
 */
export async function replacePoll(
  tx: App,
  status: StatusRow,
  poll: DraftPoll | null,
): Promise<number | null> {
  const known = status.poll_id === null ? undefined : await heldPoll(tx, status.poll_id)
  if (!poll) {
    if (known) await erasePolls(tx, [status.id])
    return null
  }
  if (!known) {
    const id = tx.newId()
    await insertPoll(tx, { ...status, poll_id: id }, poll)
    return id
  }
  const anew = asksAnew(known, poll)
  if (anew) await tx.db.deleteFrom('poll_vote').where('poll_id', '=', known.id).execute()
  const changes = anew ? shapeOf(poll) : { hide_totals: poll.hideTotals ? 1 : 0, expires_at: poll.expiresAt }
  await tx.db
    .updateTable('poll')
    .set({ ...changes, ended_at: null })
    .where('id', '=', known.id)
    .execute()
  if (status.domain_id !== null) await oweEnd(tx, { ...known, ...changes })
  return known.id
}

/** Removes the polls of these statuses with their votes, in the caller's transaction. */
export async function erasePolls(tx: App, statusIds: number[]): Promise<void> {
  const polls = tx.db.selectFrom('poll').select('id').where('status_id', 'in', statusIds)
  await tx.db.deleteFrom('poll_vote').where('poll_id', 'in', polls).execute()
  await tx.db.deleteFrom('poll').where('status_id', 'in', statusIds).execute()
}

/** Takes over what another server counted; its word is believed about its own polls. */
export async function takeTallies(app: App, pollId: number, said: DraftPoll): Promise<void> {
  await app.inTransaction(async (tx) => {
    const known = await heldPoll(tx, pollId)
    if (!known || known.fetched_at === null || asksAnew(known, said)) return
    const { options, votes_count, voters_count, expires_at } = shapeOf(said)
    const changes = { options, votes_count, voters_count, expires_at, fetched_at: tx.now() }
    await tx.db.updateTable('poll').set(changes).where('id', '=', pollId).execute()
  })
}
