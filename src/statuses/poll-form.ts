import { z } from 'zod'
import { invalid } from '#platform/errors.ts'
import { graphemeLength } from '#platform/graphemes.ts'
import { isBlank } from '#platform/html.ts'
import { flag, intText, textList } from '#platform/http/forms-fields.ts'
import { SECOND } from '#platform/times.ts'
import type { DraftPoll } from './draft.ts'

/** What a poll may be (surface j); clients read these numbers from the instance. */
export const pollLimits = { options: 4, characters: 50, shortest: 300, longest: 2_629_746 } as const

/** The `poll` part of what a client sends to publish. */
export const PollForm = z.object({
  options: textList().optional(),
  expires_in: intText,
  multiple: flag.optional(),
  hide_totals: flag.optional(),
})
export type PollForm = z.output<typeof PollForm>

/** Makes a poll from what a member typed; throws what is wrong with it. */
export function readPoll(form: PollForm, now: number): DraftPoll {
  const titles = (form.options ?? [])
    .map((title) => title.toWellFormed().trim())
    .filter((title) => !isBlank(title))
  const problem = problemOf(titles, form.expires_in)
  if (problem) throw invalid(`Validation failed: ${problem}`)
  return {
    options: titles.map((title) => ({ title, votes: 0 })),
    multiple: form.multiple ?? false,
    hideTotals: form.hide_totals ?? false,
    expiresAt: now + (form.expires_in as number) * SECOND,
    votersCount: 0,
  }
}

function problemOf(titles: string[], seconds: number | undefined): string | null {
  if (titles.length < 2) return 'Options must be at least two'
  if (titles.length > pollLimits.options) return `Options can't contain more than ${pollLimits.options} items`
  if (titles.some((title) => graphemeLength(title) > pollLimits.characters))
    return `Options can't be longer than ${pollLimits.characters} characters each`
  if (new Set(titles).size < titles.length) return 'Options contain duplicate items'
  if (seconds === undefined) return "Expires at can't be blank"
  if (seconds > pollLimits.longest) return 'Expires at is too far into the future'
  return seconds < pollLimits.shortest ? 'Expires at is too soon' : null
}
