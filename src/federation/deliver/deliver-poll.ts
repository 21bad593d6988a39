import { z } from 'zod'
import { accountById, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import * as happenings from '#happenings.ts'
import { job, now } from '#platform/jobs/declare.ts'
import { MINUTE } from '#platform/times.ts'
import type { PollRow } from '#statuses/polls.ts'
import { optionsOf, pollById } from '#statuses/polls.ts'
import { statusById } from '#statuses/statuses.ts'
import { refreshRemotePoll } from '../fetch/refresh-poll.ts'
import { updateNote } from '../shapes/activities.ts'
import { withContext, withPlainContext } from '../shapes/context-out.ts'
import { writeVote } from '../shapes/write-question.ts'
import { audienceOf } from './audiences.ts'
import { NEWER, postToSend } from './deliver.ts'
import { FIRST, patience, send, urgency } from './deliver-send.ts'

/** Votes are gathered for this long before the new numbers are sent around. */
const GATHERED_FOR = 3 * MINUTE
const MOST_VOTERS = 5000

/** Sends somebody's choices in a poll of another server to its author. */
export const deliverVotes = job({
  name: 'deliver votes',
  queue: 'local',
  tries: 8,
  payload: happenings.pollVoted.payload,
  async run(app, { origin, statusId, accountId, pollId, voteIds }) {
    if (origin !== 'here') return
    const [status, actor, poll] = [
      await statusById(app, statusId),
      await accountById(app, accountId),
      await pollById(app, pollId),
    ]
    const author = status && (await accountById(app, status.account_id))
    if (!status || !actor || !author || !poll || !isLocal(actor) || isLocal(author)) return
    const votes = await app.db.selectFrom('poll_vote').selectAll().where('id', 'in', voteIds).execute()
    for (const vote of votes) {
      const title = optionsOf(poll)[vote.choice]?.title
      if (title === undefined) continue
      const about = { title, statusUri: status.uri, authorUri: author.uri }
      await send(app, {
        actor,
        document: withPlainContext(writeVote(actor, vote, about)),
        to: { accounts: [author.id], personal: true },
        about: vote.uri,
        word: FIRST,
        prio: urgency.answer,
        keeps: patience.post,
      })
    }
  },
})

/** Sends the present numbers of a poll of ours to followers and to all who took part. */
export const deliverTallies = job({
  name: 'deliver tallies',
  queue: 'local',
  tries: 8,
  payload: z.object({ statusId: z.number().int() }),
  async run(app, { statusId }) {
    const post = await postToSend(app, statusId)
    const poll = post && (await pollById(app, post.status.poll_id))
    if (!post || !poll) return
    const to = await audienceOf(app, post.status)
    to.accounts.push(...(await votersOf(app, poll)))
    await send(app, {
      actor: post.actor,
      document: withContext(updateNote(post.note, app.now())),
      to,
      about: post.status.uri,
      word: NEWER,
      prio: urgency.mark,
      keeps: patience.mark,
      holds: async (tx) => (await statusById(tx, statusId))?.poll_id === poll.id,
    })
  },
})

/** Owes the numbers of a poll of ours once they have settled; votes in between are one Update. */
export const oweTallies = now({
  name: 'owe tallies',
  async run(app, { pollId, statusId }: z.output<typeof happenings.pollVoted.payload>) {
    const poll = await pollById(app, pollId)
    if (!poll || poll.fetched_at !== null) return
    await app.later(
      deliverTallies,
      { statusId },
      { at: app.now() + GATHERED_FOR, unique: `tallies ${pollId}` },
    )
  },
})

/** At the end of a poll: of ours, the last numbers go out; of another server, they are asked for. */
export const settlePoll = job({
  name: 'settle poll',
  queue: 'fetch',
  tries: 3,
  payload: happenings.pollEnded.payload,
  async run(app, { pollId, statusId, origin }, task) {
    if (origin === 'here') await deliverTallies.run(app, { statusId }, task)
    else await refreshRemotePoll(app, pollId)
  },
})

async function votersOf(app: App, poll: PollRow): Promise<number[]> {
  const rows = await app.db
    .selectFrom('poll_vote')
    .innerJoin('account', 'account.id', 'poll_vote.account_id')
    .select('account.id')
    .distinct()
    .where('poll_vote.poll_id', '=', poll.id)
    .where('account.domain_id', 'is', null)
    .limit(MOST_VOTERS)
    .execute()
  return rows.map((row) => row.id)
}
