import { sql } from 'kysely'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import type { Dialect } from '#platform/database/dialect.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { AuthorSet } from './author-set.ts'
import { keyOfAuthor } from './author-set.ts'
import type { Chunk } from './writers.ts'
import { chunkOf, placeIn, Writers } from './writers.ts'
import type { Span } from './written-query.ts'

type Arrival = { seq: number; status_id: number; account_id: number }
type Learnt = { ids: string | null; authors: string | null }

/** How many statuses are learnt at a time. */
const LEARNT = 1024
/** How many arrivals are caught up with before it is cheaper to forget everything. */
const MOST_ARRIVALS = 2000
/** How many statuses may be passed over for each author before asking each author is cheaper. */
const PASSED_EACH = 64

/** SQL: the number of the newest arrival, for queries that run before a scan; null where there is no log. */
export const newestArrivalOf = (dialect: Dialect) =>
  dialect.visibleInOrder ? sql<number>`(select coalesce(max(seq), 0) from arrival)` : sql<null>`null`
const newestArrival = prepared<Record<string, never>, { seq: number }>(
  (_db, _ask, dialect) => sql<{ seq: number }>`select ${newestArrivalOf(dialect)} as seq`,
)
const arrivals = prepared<{ after: number; most: number }, Arrival>(
  (_, { after, most }) =>
    sql<Arrival>`select seq, status_id, account_id from arrival where seq > ${after} order by seq limit ${most}`,
)
const learning = (ascending: boolean) =>
  prepared<{ from: number; to: number; most: number }, Learnt>(
    // As two texts: a thousand rows would take three times as long to hand over.
    (_, { from, to, most }, dialect) => sql<Learnt>`
      select ${dialect.textOf(sql`id`)} as ids, ${dialect.textOf(sql`account_id`)} as authors from (
        select id, account_id from status ${dialect.readBy('status_writers')}
        where id >= ${from} and id < ${to} order by id ${sql.raw(ascending ? 'asc' : 'desc')} limit ${most}) as w`,
  )
const learnUp = learning(true)
const learnDown = learning(false)

type Known = { writers: Writers; seq: number | null }
const knownBy = keptBy<Known>(() => ({ writers: new Writers(), seq: null }))

/** What a scan found, and the id at which it stopped looking; null when it looked at the whole span. */
export type Scanned = { ids: number[]; stoppedAt: number | null }

/**
 * Looks through everybody's statuses in memory for those of these authors. What was committed before the call is
 * found: arrivals are caught up with first. Null where the database cannot promise that.
 */
export async function scanWritten(app: App, authors: AuthorSet, span: Span): Promise<Scanned | null> {
  if (!app.dialect.visibleInOrder) return null
  const known = knownBy(app)
  if (span.arrived == null || known.seq === null || span.arrived > known.seq) await catchUp(app, known)
  const ids: number[] = []
  let left = PASSED_EACH * authors.ids.length
  let cursor = span.ascending ? span.above + 1 : span.below - 1
  while (left > 0) {
    const chunk = await chunkAt(app, known, cursor, span.ascending)
    if (!chunk) break
    left -= pick(chunk, authors, span, ids)
    if (ids.length === span.most) return { ids, stoppedAt: null }
    cursor = span.ascending ? chunk.to : chunk.from - 1
    if (span.ascending ? cursor >= span.below : cursor <= span.above) return { ids, stoppedAt: null }
  }
  return { ids, stoppedAt: cursor }
}

/** Adds what of the span and of these authors stands in the chunk; returns how many statuses were looked at. */
function pick(chunk: Chunk, authors: AuthorSet, span: Span, ids: number[]): number {
  const first = placeIn(chunk, span.above + 1)
  const end = placeIn(chunk, span.below)
  const step = span.ascending ? 1 : -1
  const past = span.ascending ? end : first - 1
  const begin = span.ascending ? first : end - 1
  for (let at = begin; at !== past && ids.length < span.most; at += step) {
    if (authors.has(chunk.keys[at] as number)) ids.push(chunk.ids[at] as number)
  }
  return Math.max(1, end - first)
}

/** The chunk that tells what stands at this id; learnt from the database when it is not known. */
async function chunkAt(app: App, { writers }: Known, id: number, ascending: boolean): Promise<Chunk | null> {
  // Another request may learn or add meanwhile; what was read then may lack something and is read again.
  for (let tries = 0; tries < 4; tries++) {
    const held = writers.holding(id)
    if (held) return held
    const gap = writers.gapAt(id)
    const before = writers.changes
    const learnt = ascending ? await above(app, id, gap.to) : await below(app, gap.from, id)
    if (writers.changes !== before) continue
    writers.keep(learnt)
  }
  return null
}

async function above(app: App, id: number, to: number): Promise<Chunk> {
  const { ids, keys } = numbersOf(await learnUp(app, { from: id, to, most: LEARNT }))
  return chunkOf(id, ids.length < LEARNT ? to : (ids.at(-1) as number) + 1, ids, keys)
}

async function below(app: App, from: number, id: number): Promise<Chunk> {
  const { ids, keys } = numbersOf(await learnDown(app, { from, to: id + 1, most: LEARNT }))
  return chunkOf(ids.length < LEARNT ? from : (ids.at(-1) as number), id + 1, ids.reverse(), keys.reverse())
}

function numbersOf([learnt]: Learnt[]) {
  const numbers = (text: string | null = null) => JSON.parse(`[${text ?? ''}]`) as number[]
  const keys = numbers(learnt?.authors)
  for (let at = 0; at < keys.length; at++) keys[at] = keyOfAuthor(keys[at] as number)
  return { ids: numbers(learnt?.ids), keys }
}

/** Adds what was stored since the last look, by whichever thread or process. */
async function catchUp(app: App, known: Known): Promise<void> {
  const after = known.seq
  if (after === null) {
    const newest = (await newestArrival(app, {}))[0]?.seq ?? 0
    if (known.seq !== null) return
    known.seq = newest
    // Whatever was read before this moment may lack what came before it.
    known.writers.clear()
    return
  }
  const rows = await arrivals(app, { after, most: MOST_ARRIVALS })
  // Another request may have been here meanwhile: adding twice does no harm, going back would.
  const isWhole = rows.length < MOST_ARRIVALS && (rows.length === 0 || rows[0]?.seq === after + 1)
  if (!isWhole) {
    known.writers.clear()
    known.seq = null
    return catchUp(app, known)
  }
  for (const row of rows) {
    if (row.seq <= (known.seq ?? 0)) continue
    known.writers.add(row.status_id, keyOfAuthor(row.account_id))
    known.seq = row.seq
  }
}
