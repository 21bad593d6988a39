import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** An answer that can be chosen, with how often it was. */
export type PollOption = { title: string; votes: number }

/** The question that comes with a status; `status.poll_id` leads here. */
export type PollRow = {
  id: number
  status_id: number
  account_id: number
  multiple: number
  hide_totals: number
  /** JSON of `PollOption[]`, in order. */
  options: string
  votes_count: number
  /** How many took part; null where another server does not say. */
  voters_count: number | null
  /** Null for a poll that never ends. */
  expires_at: number | null
  /** Set once those who took part were told of the end. */
  ended_at: number | null
  /** When a poll of another server was last asked for. */
  fetched_at: number | null
}

/** One choice of one account. */
export type PollVoteRow = {
  id: number
  poll_id: number
  account_id: number
  choice: number
  uri: string
  created_at: number
}

export type PollTables = { poll: PollRow; poll_vote: PollVoteRow }

/** The options of a poll, in order. */
export const optionsOf = (poll: Pick<PollRow, 'options'>) => JSON.parse(poll.options) as PollOption[]

/** Whether nobody may vote any more. */
export const hasEnded = (poll: Pick<PollRow, 'expires_at'>, now: number) =>
  poll.expires_at !== null && poll.expires_at <= now

const byIds = prepared<{ ids: readonly number[] }, PollRow>((db, { ids }, dialect) =>
  db.selectFrom('poll').selectAll().where(dialect.among(sql`id`, ids)),
)

/** The polls with these ids, by id; no query when none is asked for. */
export async function pollsByIds(app: App, ids: readonly number[]): Promise<Map<number, PollRow>> {
  if (ids.length === 0) return new Map()
  return new Map((await byIds(app, { ids })).map((row) => [row.id, row]))
}

/** The poll with this id, or undefined; says nothing about who may see it. */
export async function pollById(app: App, id: number | null): Promise<PollRow | undefined> {
  return id === null ? undefined : (await byIds(app, { ids: [id] }))[0]
}

/** The poll, held until the end of the transaction so that votes are counted one after another. */
export async function heldPoll(tx: App, id: number): Promise<PollRow | undefined> {
  const found = sql<PollRow>`select * from poll where id = ${id} ${tx.dialect.holdRows}`
  return (await found.execute(tx.db)).rows[0]
}

const choices = prepared<{ account: number; ids: readonly number[] }, { poll_id: number; choice: number }>(
  (db, { account, ids }, dialect) =>
    db
      .selectFrom('poll_vote')
      .select(['poll_id', 'choice'])
      .where('account_id', '=', account)
      .where(dialect.among(sql`poll_id`, ids))
      .orderBy('choice'),
)

/** What an account chose in these polls. */
export async function choicesOf(app: App, account: number, ids: readonly number[]) {
  return choices(app, { account, ids })
}
