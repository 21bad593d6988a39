import { z } from 'zod'
import { CustomEmoji, emojisIn } from '#accounts/emojis.ts'
import type { App, Reader } from '#app.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import type { PollRow } from './polls.ts'
import { choicesOf, hasEnded, optionsOf, pollsByIds } from './polls.ts'

/** https://docs.joinmastodon.org/entities/Poll/ */
export const Poll = z.object({
  id: z.string(),
  expires_at: z.string().nullable(),
  expired: z.boolean(),
  multiple: z.boolean(),
  votes_count: z.number().int(),
  voters_count: z.number().int().nullable(),
  options: z.array(z.object({ title: z.string(), votes_count: z.number().int().nullable() })),
  emojis: z.array(CustomEmoji),
  voted: z.boolean().optional(),
  own_votes: z.array(z.number().int()).optional(),
})
export type Poll = z.infer<typeof Poll>

type Asking = { poll_id: number | null; account_id: number }
type Author = { host: string; domain_id: number | null }

/** The polls of these statuses as the reader sees them, by poll id; no query where no status has one. */
export async function presentPolls(
  app: App,
  reader: Reader,
  rows: readonly Asking[],
  authors: ReadonlyMap<number, Author>,
): Promise<Map<number, Poll>> {
  const ids = rows.flatMap((row) => row.poll_id ?? [])
  if (ids.length === 0) return new Map()
  const polls = [...(await pollsByIds(app, ids)).values()]
  const votes = reader.account ? await choicesOf(app, reader.account.id, ids) : []
  const things = polls.flatMap((poll) => {
    const author = authors.get(poll.account_id)
    return author ? [{ poll, host: author.host, domain_id: author.domain_id }] : []
  })
  const found = await emojisIn(app, reader.domain, things, ({ poll }) =>
    optionsOf(poll)
      .map((option) => option.title)
      .join(' '),
  )
  const emojis = new Map([...found].map(([thing, each]) => [thing.poll.id, each]))
  return new Map(
    polls.map((poll) => {
      const own = votes.filter((each) => each.poll_id === poll.id).map((each) => each.choice)
      return [
        poll.id,
        { ...shape(poll, app.now(), emojis.get(poll.id) ?? []), ...standing(reader, poll, own) },
      ]
    }),
  )
}

function shape(poll: PollRow, now: number, emojis: CustomEmoji[]): Poll {
  const ended = hasEnded(poll, now)
  const hidden = poll.hide_totals === 1 && !ended
  return {
    id: String(poll.id),
    expires_at: isoTimeOrNull(poll.expires_at),
    expired: ended,
    multiple: poll.multiple === 1,
    votes_count: poll.votes_count,
    voters_count: poll.voters_count,
    options: optionsOf(poll).map(({ title, votes }) => ({ title, votes_count: hidden ? null : votes })),
    emojis,
  }
}

function standing(reader: Reader, poll: PollRow, own: number[]): Partial<Poll> {
  if (!reader.account) return {}
  return { voted: own.length > 0 || poll.account_id === reader.account.id, own_votes: own }
}
