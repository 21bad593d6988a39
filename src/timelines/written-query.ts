import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { ID_EPOCH, idAt } from '#platform/ids.ts'
import { HOUR, SECOND } from '#platform/times.ts'
import type { AuthorSet } from './author-set.ts'

/** A stretch of ids, without its ends, and how many statuses are wanted from which end of it. */
export type Span = {
  above: number
  below: number
  most: number
  ascending: boolean
  /** The newest arrival, where whoever asks has just read it (`newestArrivalOf`): spares another look. */
  arrived?: number | null
}

const idsIn = (ms: number) => idAt(ID_EPOCH + ms)
const FIRST_WIDTH = idsIn(6 * HOUR)
/** How much wider each try looks when the last one did not find enough. */
const WIDER = 4
const NARROWEST = idsIn(SECOND)

type Ask = { authors: readonly number[]; above: number; below: number; most: number }

const inWindow = (ascending: boolean) =>
  prepared<Ask, { id: number }>(
    (_, { authors, above, below, most }, dialect) => sql<{ id: number }>`
      select s.id as id from ${dialect.rowsOf(authors)}
      cross join status s where s.account_id = item.value and s.id > ${above} and s.id < ${below}
      order by s.id ${sql.raw(ascending ? 'asc' : 'desc')} limit ${most}`,
  )
const upwards = inWindow(true)
const downwards = inWindow(false)

/** Asks the index by author for each of these authors, in a window that widens until it holds enough. */
export async function queryWritten(app: App, authors: AuthorSet, span: Span): Promise<number[]> {
  const ids: number[] = []
  const { ascending, most } = span
  // An end that is far off would make the first windows empty.
  const ceiling = Math.min(span.below, idAt(app.now() + SECOND))
  let cursor = ascending ? span.above : ceiling
  let width = authors.width ?? FIRST_WIDTH
  for (;;) {
    const above = ascending ? cursor : Math.max(span.above, cursor - width)
    const below = ascending ? Math.min(ceiling, cursor + width) : cursor
    const run = ascending ? upwards : downwards
    const rows = await run(app, { authors: authors.ids, above, below, most: most - ids.length })
    for (const row of rows) ids.push(row.id)
    if (ids.length === most || (ascending ? below >= ceiling : above <= span.above)) break
    // The next window begins where this one ended; its edge has not been looked at.
    cursor = ascending ? below - 1 : above + 1
    width *= WIDER
  }
  if (ids.length === most && !ascending) authors.width = fitting(ceiling, ids.at(-1) as number)
  return ids
}

/** A window half again as wide as was needed: narrow enough to be cheap, wide enough to hold the next. */
function fitting(ceiling: number, lastId: number): number {
  return Math.max(NARROWEST, Math.ceil((ceiling - lastId) * 1.5))
}
