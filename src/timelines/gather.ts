import type { Page } from '#platform/paging.ts'
import { EVERYTHING } from './writers.ts'
import type { Span } from './written-query.ts'

/** Which share of what is judged will be shown, as long as nothing is known. Judging more than are shown is work for nobody. */
const USUAL_SHARE = 2 / 3
const LEAST_SHARE = 1 / 4
/** How many are judged beyond what the share asks for: a second round costs more. */
const SPARE = 3
/** How many are judged at once when page after page holds nothing to show. */
const MOST_CANDIDATES = 400

export type Gathering = {
  /** Ids of what may come into question within a span, from its end on; fewer than its `most` only when there are no more. */
  find(span: Span): Promise<number[]>
  /** Which of these are shown. */
  judge(ids: readonly number[]): Promise<{ id: number }[]>
  /** Where the share that is shown is remembered for the next page. */
  memory?: { shownShare: number }
}

/** Ids of a page, newest first, of what `find` finds and `judge` lets pass: as many rounds as the page needs. */
export async function gather(page: Page, { find, judge, memory }: Gathering): Promise<number[]> {
  const ascending = page.minId !== null
  let above = Math.max(page.sinceId ?? 0, page.minId ?? 0)
  let below = page.maxId ?? EVERYTHING
  let most = Math.ceil(page.limit / (memory?.shownShare ?? USUAL_SHARE)) + SPARE
  const ids: number[] = []
  for (;;) {
    const found = await find({ above, below, most, ascending })
    const shown = new Set(found.length > 0 ? (await judge(found)).map((row) => row.id) : [])
    for (const id of found) if (shown.has(id) && ids.length < page.limit) ids.push(id)
    if (memory && found.length > 0) learn(memory, shown.size / found.length)
    const last = found.at(-1)
    if (ids.length === page.limit || found.length < most || last === undefined) break
    if (ascending) above = last
    else below = last
    most = Math.min(most * 2, MOST_CANDIDATES)
  }
  return ascending ? ids.reverse() : ids
}

function learn(memory: { shownShare: number }, share: number): void {
  memory.shownShare = Math.max(LEAST_SHARE, memory.shownShare * 0.8 + share * 0.2)
}

/** The first `most` of two findings in the same order, each id once. */
export function merged(one: readonly number[], other: readonly number[], span: Span): number[] {
  const all = [...new Set([...one, ...other])].sort((a, b) => (span.ascending ? a - b : b - a))
  return all.slice(0, span.most)
}
