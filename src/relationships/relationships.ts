import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** `account_id` follows `target_id`. `uri` is the id of the Follow that made it. */
export type FollowRow = {
  id: number
  account_id: number
  target_id: number
  uri: string
  show_reblogs: number
  notify: number
  /** JSON array of language codes; null means all. */
  languages: string | null
  created_at: number
}

/** A follow that waits for an answer, in either direction; same columns, so that accepting is a move. */
export type FollowRequestRow = FollowRow

export type BlockRow = { id: number; account_id: number; target_id: number; uri: string; created_at: number }
export type MuteRow = {
  id: number
  account_id: number
  target_id: number
  hide_notifications: number
  expires_at: number | null
  created_at: number
}

export type RelationshipTables = {
  follow: FollowRow
  follow_request: FollowRequestRow
  block: BlockRow
  mute: MuteRow
}

type Pair = { account: number; target: number }

const follows = prepared<Pair, FollowRow>((db, { account, target }) =>
  db.selectFrom('follow').selectAll().where('account_id', '=', account).where('target_id', '=', target),
)
const requests = prepared<Pair, FollowRequestRow>((db, { account, target }) =>
  db
    .selectFrom('follow_request')
    .selectAll()
    .where('account_id', '=', account)
    .where('target_id', '=', target),
)
const blocks = prepared<Pair, { id: number }>((db, { account, target }) =>
  db
    .selectFrom('block')
    .select('id')
    .where('account_id', '=', account)
    .where('target_id', '=', target)
    .unionAll(
      db.selectFrom('block').select('id').where('account_id', '=', target).where('target_id', '=', account),
    ),
)

/** The follow from one account to another, or undefined. */
export async function followOf(app: App, account: number, target: number): Promise<FollowRow | undefined> {
  return (await follows(app, { account, target }))[0]
}

/** The waiting follow from one account to another, or undefined. */
export async function followRequestOf(
  app: App,
  account: number,
  target: number,
): Promise<FollowRequestRow | undefined> {
  return (await requests(app, { account, target }))[0]
}

/** Whether either blocks the other. */
export async function blockExists(app: App, account: number, target: number): Promise<boolean> {
  return (await blocks(app, { account, target })).length > 0
}
