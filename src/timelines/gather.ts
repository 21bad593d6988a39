import type { Page } from '#platform/paging.ts'
import { EVERYTHING } from './writers.ts'
import type { Span } from './written-query.ts'

/** How many posts are judged for each that is asked for: some are dropped, and judging more would be work for nobody. */
const CANDIDATES_EACH = 1.5
/** How many are judged at once when page after page holds nothing to show. */
const MOST_CANDIDATES = 400

export type Gathering = {
  /** Ids of what may come into question within a span, from its end on; fewer than its `most` only when there are no more. */
  find(span: Span): Promise<number[]>
  /** Which of these are shown. */
  judge(ids: readonly number[]): Promise<{ id: number }[]>
}

/** Ids of a page, newest first, of what `find` finds and `judge` lets pass: as many rounds as the page needs. */
export async function gather(page: Page, { find, judge }: Gathering): Promise<number[]> {
  const ascending = page.minId !== null
  let above = Math.max(page.sinceId ?? 0, page.minId ?? 0)
  let below = page.maxId ?? EVERYTHING
  let most = Math.ceil(page.limit * CANDIDATES_EACH)
  const ids: number[] = []
  for (;;) {
    const found = await find({ above, below, most, ascending })
    const shown = new Set(found.length > 0 ? (await judge(found)).map((row) => row.id) : [])
    for (const id of found) if (shown.has(id) && ids.length < page.limit) ids.push(id)
    const last = found.at(-1)
    if (ids.length === page.limit || found.length < most || last === undefined) break
    if (ascending) above = last
    else below = last
    most = Math.min(most * 2, MOST_CANDIDATES)
  }
  return ascending ? ids.reverse() : ids
}

/** The first `most` of two findings in the same order, each id once. */
export function merged(one: readonly number[], other: readonly number[], span: Span): number[] {
  if (other.length === 0) return [...one]
  const all = [...new Set([...one, ...other])].sort((a, b) => (span.ascending ? a - b : b - a))
  return all.slice(0, span.most)
}
