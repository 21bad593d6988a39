import { LRUCache } from 'lru-cache'
import type { App } from '#app.ts'
import { filtersChanged } from '#happenings.ts'
import { keptBy } from '#platform/cache.ts'
import { MISSED, topic } from '#platform/pubsub.ts'
import { MINUTE } from '#platform/times.ts'
import type { WholeFilter } from './filters.ts'
import { filtersOfAccounts } from './filters.ts'
import type { Finder } from './match-words.ts'
import { findWords } from './match-words.ts'
import type { Filter } from './present-filter.ts'
import { presentBareFilter } from './present-filter.ts'

/** A member's filters made ready: one finder for all their words, and whose each word is. */
export type ReaderFilters = {
  filters: { shape: Filter; expiresAt: number | null; statuses: ReadonlySet<string> }[]
  /** Each word with the place of its filter. */
  words: { keyword: string; filter: number }[]
  find: Finder | null
}

const CHANGED = topic<{ accountId: number }>('filters changed for a reader')
/** Remembered for members without filters, for whom nothing is done. */
const NONE = 'none'
/** Characters of words (and entries) that are kept compiled; each takes some fifty bytes. */
const MOST_KEPT = 400_000

const kept = keptBy(() => ({
  readers: new LRUCache<number, ReaderFilters | typeof NONE>({
    max: 20_000,
    maxSize: MOST_KEPT,
    sizeCalculation: weigh,
    ttl: 10 * MINUTE,
  }),
  changes: 0,
  listening: false,
}))

function weigh(reader: ReaderFilters | typeof NONE): number {
  if (reader === NONE) return 1
  const entries = reader.filters.reduce((sum, filter) => sum + 4 + filter.statuses.size, 1)
  return reader.words.reduce((sum, word) => sum + 2 + word.keyword.length, entries)
}

function memoryOf(app: App) {
  const memory = kept(app)
  if (memory.listening) return memory
  memory.listening = true
  app.events.subscribe(CHANGED, ({ accountId }) => {
    memory.changes++
    memory.readers.delete(accountId)
  })
  app.events.subscribe(MISSED, () => {
    memory.changes++
    memory.readers.clear()
  })
  return memory
}

/** What a member filters, ready to match, or null when they filter nothing; remembered until it changes. */
export async function readerFilters(app: App, accountId: number): Promise<ReaderFilters | null> {
  const known = memoryOf(app).readers.get(accountId)
  if (known) return known === NONE ? null : known
  return (await filtersOfReaders(app, [accountId])).get(accountId) ?? null
}

/** The same for many members; those who filter nothing are left out. */
export async function filtersOfReaders(
  app: App,
  accountIds: readonly number[],
): Promise<Map<number, ReaderFilters>> {
  const memory = memoryOf(app)
  const found = new Map<number, ReaderFilters>()
  const missing: number[] = []
  for (const id of accountIds) {
    const known = memory.readers.get(id)
    if (known === undefined) missing.push(id)
    else if (known !== NONE) found.set(id, known)
  }
  if (missing.length === 0) return found
  const { changes } = memory
  const byAccount = Map.groupBy(await filtersOfAccounts(app, missing), (filter) => filter.account_id)
  for (const id of missing) {
    const own = byAccount.get(id)
    const compiled = own ? compile(own) : NONE
    if (compiled !== NONE) found.set(id, compiled)
    if (memory.changes === changes) memory.readers.set(id, compiled)
  }
  return found
}

function compile(own: WholeFilter[]): ReaderFilters {
  const words = own.flatMap(({ keywords }, filter) =>
    keywords.map(({ keyword, whole_word }) => ({ keyword, filter, whole: whole_word === 1 })),
  )
  return {
    filters: own.map((filter) => ({
      shape: presentBareFilter(filter),
      expiresAt: filter.expires_at,
      statuses: new Set(filter.statuses.map((row) => String(row.status_id))),
    })),
    words,
    find: words.length > 0 ? findWords(words.map(({ keyword, whole }) => ({ text: keyword, whole }))) : null,
  }
}

/** Says, in the caller's transaction, that a member's filters changed: what is remembered is dropped after it. */
export async function tellFiltersChanged(tx: App, accountId: number): Promise<void> {
  tx.afterCommit(() => tx.events.publish(CHANGED, { accountId }))
  await tx.emit(filtersChanged, { accountId })
}
