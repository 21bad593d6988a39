import type { Api } from '../loopback/client.ts'
import type { Books } from './books.ts'
import { markerIn } from './ledger.ts'

type Status = { id: string; content: string }
const PAGE = 40
const LOOK_EVERY = 250
/** For how long nothing at all may change while something is owed, in ms; the longest pause of a healthy lane is shorter. */
const PATIENCE = 300_000

/** What can be said of the posts at one moment. */
export type Verdict = {
  acknowledged: number
  lost: string[]
  doubled: string[]
  arrived: number
  missing: string[]
}

/** Compares what was acknowledged with what stands on both sides. */
export function judge(owed: string[], here: Map<string, number>, there: Map<string, number>): Verdict {
  return {
    acknowledged: owed.length,
    lost: owed.filter((marker) => !here.has(marker)),
    doubled: [...here, ...there].filter(([, count]) => count > 1).map(([marker]) => marker),
    arrived: there.size,
    missing: [...here.keys()].filter((marker) => !there.has(marker)),
  }
}

/** How often each marker stands in a timeline, read page by page to its end. */
export async function markersIn(api: Api, path: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let cursor = ''; ; ) {
    const page = await api.get<Status[]>(`${path}?limit=${PAGE}${cursor && `&max_id=${cursor}`}`)
    for (const { content } of page) {
      const marker = markerIn(content)
      if (marker) counts.set(marker, (counts.get(marker) ?? 0) + 1)
    }
    const last = page.at(-1)
    if (!last) return counts
    cursor = last.id
  }
}

/** Waits until nothing is owed on either side; gives up when nothing changes any more. Answers the ms it took. */
export async function untilQuiet(
  sides: Books[],
  tell: (jobs: number[]) => void,
): Promise<{ ms: number; quiet: boolean }> {
  const began = performance.now()
  let last = ''
  let changedAt = began
  let toldAt = began
  for (;;) {
    const now = performance.now()
    const jobs = sides.map((side) => side.owed().jobs)
    if (jobs.every((n) => n === 0)) return { ms: now - began, quiet: true }
    if (jobs.join() !== last) changedAt = now
    else if (now - changedAt > PATIENCE) return { ms: now - began, quiet: false }
    last = jobs.join()
    if (now - toldAt > 10_000) {
      toldAt = now
      tell(jobs)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
  }
}
