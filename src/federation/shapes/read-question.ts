import { cleanName } from '#platform/html.ts'
import type { DraftPoll } from '#statuses/draft.ts'
import { readTime } from './read-person.ts'
import type { Shaped } from './shape.ts'
import { isA, isObject, listOf, textOf } from './shape.ts'

const MOST_OPTIONS = 500
const MOST_TITLE = 500
const MOST_VOTES = 100_000_000

/** The poll of a Question as its server counts it, or null for anything that is none. */
export function readQuestion(object: Shaped, now: number): DraftPoll | null {
  if (!isA(object, 'Question')) return null
  const multiple = object.anyOf !== undefined && object.anyOf !== null
  const options = listOf(multiple ? object.anyOf : object.oneOf, MOST_OPTIONS).flatMap((each) => {
    const title = isObject(each) ? cleanName(textOf(each.name, MOST_TITLE)) : ''
    return title && isObject(each) ? [{ title, votes: countOf(each.replies) }] : []
  })
  if (options.length === 0) return null
  const end = readTime(object.endTime)
  return {
    options,
    multiple,
    hideTotals: false,
    expiresAt: closedAt(object, end, now),
    votersCount: object.votersCount === undefined ? null : held(object.votersCount),
  }
}

/** When nobody may vote any more: the time it was closed at, or the one it was announced for. */
function closedAt(object: Shaped, end: number | null, now: number): number | null {
  const { closed } = object
  if (closed === undefined || closed === null || closed === false) return end
  return Math.min(readTime(closed) ?? now, end ?? Number.MAX_SAFE_INTEGER)
}

const countOf = (replies: unknown) => (isObject(replies) ? held(replies.totalItems) : 0)

/** Counts from elsewhere are whole, not negative, and not beyond belief (ACT-15). */
function held(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(MOST_VOTES, Math.max(0, Math.trunc(value)))
    : 0
}
