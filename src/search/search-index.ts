import { sql } from 'kysely'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { packed } from '#platform/database/dialect.ts'
import { prepared } from '#platform/database/prepared.ts'
import { topic } from '#platform/pubsub.ts'
import { SECOND } from '#platform/times.ts'

/** What is to be indexed anew; `stamp` changes whenever it is asked for again. */
export type SearchTodoRow = { kind: 'status' | 'account'; id: number; stamp: number }
/** Authors whose public statuses are in the index because they agreed to be found. */
export type SearchAuthorRow = { account_id: number }
export type SearchTables = { search_todo: SearchTodoRow; search_author: SearchAuthorRow }

export const STATUSES = 'search_status'
export const ACCOUNTS = 'search_account'

/** Facts of a status as tokens of the index. No word of a text begins with `_`. */
export const mark = {
  /** Public, and its author agreed to be found. */
  open: '_p',
  author: (id: number) => `_a${id}`,
  /** Belongs to the library of this member: written, marked, boosted, or one is named in it. */
  library: (id: number) => `_u${id}`,
  has: (what: string) => `_h${what}`,
  is: (what: string) => `_i${what}`,
  language: (code: string) => `_l${code.toLowerCase().replace(/[^a-z0-9]/g, '_')}`,
  tag: (name: string) => `_t${name}`,
  letter: (letter: string) => `_c${letter}`,
  /** A word of a profile's text, as opposed to its name. */
  bio: (word: string) => `_n${word}`,
  /** How many follow an account, in steps of ten. */
  crowd: (step: number) => `_f${step}`,
}

/** Told when something was put on the list, so that the worker need not look all the time. */
export const TODO = topic<null>('search todo')
/** The worker waits longer than this after the news, so that one message speaks for all that follow it. */
const QUIET = SECOND
const told = keptBy(() => ({ at: Number.NEGATIVE_INFINITY }))

const ask = prepared<{ kind: string; id: number; stamp: number }, never>(
  (_, { kind, id, stamp }) => sql`insert into search_todo (kind, id, stamp) values (${kind}, ${id}, ${stamp})
    on conflict (kind, id) do update set stamp = excluded.stamp`,
)

/** Asks for a status or account to be indexed anew, in the caller's transaction; costs one small row. */
export async function indexSoon(tx: App, kind: SearchTodoRow['kind'], id: number): Promise<void> {
  await ask(tx, { kind, id, stamp: tx.newId() })
  const last = told(tx)
  if (Math.abs(tx.now() - last.at) < QUIET) return
  tx.afterCommit(() => {
    last.at = tx.now()
    tx.events.publish(TODO, null)
  })
}

// By the key of the list: a list that grew long must not be read through for each batch.
const forgetting = prepared<{ rows: string }, never>(
  (_, { rows }, dialect) => sql`delete from search_todo where (kind, id, stamp) in (
    select item.kind, item.id, item.stamp from ${dialect.recordsOf(rows, { kind: 'text', id: 'int', stamp: 'int' })})`,
)

/** Takes what was done off the list, in the caller's transaction; what was asked for again meanwhile stays. */
export async function forgetTodo(tx: App, rows: readonly SearchTodoRow[]): Promise<void> {
  const columns = { kind: 'text', id: 'int', stamp: 'int' } as const
  if (rows.length > 0) await forgetting(tx, { rows: packed(columns, rows) })
}
