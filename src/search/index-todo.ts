import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { SECOND } from '#platform/times.ts'
import { BATCH, indexAccounts, indexStatuses } from './index-batch.ts'
import { goThrough } from './index-jobs.ts'
import type { SearchTodoRow } from './search-index.ts'
import { TODO } from './search-index.ts'

/** Longer than the silence that follows a piece of news (see search-index.ts). */
const AFTER_NEWS = 1.5 * SECOND
/** Batches of one go. */
const MOST_BATCHES = 500

const todo = prepared<{ most: number }, SearchTodoRow>(
  (_, { most }) => sql<SearchTodoRow>`select kind, id, stamp from search_todo limit ${most}`,
)

/** Indexes what is on the list, in batches; two who do it at once do no harm. */
export async function indexTodo(app: App): Promise<void> {
  for (let n = 0; n < MOST_BATCHES; n++) {
    const rows = await todo(app, { most: BATCH })
    const of = (kind: SearchTodoRow['kind']) => rows.filter((row) => row.kind === kind)
    const [statuses, accounts] = [of('status'), of('account')]
    if (statuses.length > 0) await indexStatuses(app, idsOf(statuses), statuses)
    if (accounts.length > 0) await indexPeople(app, accounts)
    if (rows.length < BATCH) return
  }
}

async function indexPeople(app: App, rows: SearchTodoRow[]) {
  await app.inTransaction(async (tx) => {
    for (const accountId of await indexAccounts(tx, idsOf(rows), rows)) await goThrough(tx, accountId)
  })
}

const idsOf = (rows: readonly SearchTodoRow[]) => rows.map((row) => row.id)

/** Indexes shortly after there is news, one go at a time; returns what ends it. */
export function keepIndexing(app: App): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const go = () => {
    timer = undefined
    running = indexTodo(app)
      .catch((error) =>
        app.log.warn({ err: error }, 'indexing for search failed and is tried again by the clock'),
      )
      .finally(() => {
        running = undefined
      })
  }
  const listen = app.events.subscribe(TODO, () => {
    timer ??= setTimeout(() => (running ? running.then(go) : go()), AFTER_NEWS)
  })
  return async () => {
    listen()
    clearTimeout(timer)
    await running
  }
}
