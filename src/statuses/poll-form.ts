import { z } from 'zod'
import { invalid } from '#platform/errors.ts'
import { graphemeLength } from '#platform/graphemes.ts'
import { isBlank } from '#platform/html.ts'
import { flag, intText, textList } from '#platform/http/forms-fields.ts'
import { SECOND } from '#platform/times.ts'
import type { DraftPoll } from './draft.ts'

/** How long a poll may last, in seconds (surface j). */
const LENGTHS = { shortest: 300, longest: 2_629_746 }
/** How many choices a poll may have, and how long they may be. */
export type PollLimits = { maxPollOptions: number; maxPollOptionChars: number }

/** The `poll` part of what a client sends to publish. */
export const PollForm = z.object({
  options: textList().optional(),
  expires_in: intText,
  multiple: flag.optional(),
  hide_totals: flag.optional(),
})
export type PollForm = z.output<typeof PollForm>

/** Makes a poll from what a member typed; throws what is wrong with it. */
export function readPoll(form: PollForm, now: number, limits: PollLimits): DraftPoll {
  const titles = (form.options ?? [])
    .map((title) => title.toWellFormed().trim())
    .filter((title) => !isBlank(title))
  const problem = problemOf(titles, form.expires_in, limits)
  if (problem) throw invalid(`Validation failed: ${problem}`)
  return {
    options: titles.map((title) => ({ title, votes: 0 })),
    multiple: form.multiple ?? false,
    hideTotals: form.hide_totals ?? false,
    expiresAt: now + (form.expires_in as number) * SECOND,
    votersCount: 0,
  }
}

function problemOf(titles: string[], seconds: number | undefined, limits: PollLimits): string | null {
  if (titles.length < 2) return 'Options must be at least two'
  if (titles.length > limits.maxPollOptions)
    return `Options can't contain more than ${limits.maxPollOptions} items`
  if (titles.some((title) => graphemeLength(title) > limits.maxPollOptionChars))
    return `Options can't be longer than ${limits.maxPollOptionChars} characters each`
  if (new Set(titles).size < titles.length) return 'Options contain duplicate items'
  if (seconds === undefined) return "Expires at can't be blank"
  if (seconds > LENGTHS.longest) return 'Expires at is too far into the future'
  return seconds < LENGTHS.shortest ? 'Expires at is too soon' : null
}
