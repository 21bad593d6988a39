import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { ListMemberRow, ListRow } from './lists.ts'

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

/** What `account_id` noted down about `target_id`, for themselves alone. */
export type AccountNoteRow = {
  id: number
  account_id: number
  target_id: number
  comment: string
  created_at: number
  updated_at: number
}

/** `account_id` shows `target_id` on their profile. */
export type EndorsementRow = { id: number; account_id: number; target_id: number; created_at: number }

/** `account_id` wants nothing of a whole host; `domain` is lower-case ASCII. */
export type AccountDomainBlockRow = { id: number; account_id: number; domain: string; created_at: number }

/** Follows that were cut at once. `kind` is the word clients know: user_domain_block, domain_block, account_suspension. */
export type SeveranceRow = {
  id: number
  kind: string
  target_name: string
  /** Whether the follows can no longer be listed. */
  purged: number
  created_at: number
}

/** What a severance cost one member; what notifications point to. */
export type AccountSeveranceRow = {
  id: number
  severance_id: number
  account_id: number
  followers_count: number
  following_count: number
  created_at: number
}

/** One follow that was cut: of the member `account_id` to or (`was_follower`) from `target_id`. */
export type SeveredFollowRow = {
  id: number
  severance_id: number
  account_id: number
  target_id: number
  was_follower: number
  show_reblogs: number
  notify: number
  languages: string | null
  created_at: number
}

/** `account_id` does not want `target_id` suggested. */
export type SuggestionDismissalRow = { account_id: number; target_id: number; created_at: number }

export type RelationshipTables = {
  follow: FollowRow
  follow_request: FollowRequestRow
  block: BlockRow
  mute: MuteRow
  account_note: AccountNoteRow
  endorsement: EndorsementRow
  account_domain_block: AccountDomainBlockRow
  severance: SeveranceRow
  account_severance: AccountSeveranceRow
  severed_follow: SeveredFollowRow
  suggestion_dismissal: SuggestionDismissalRow
  list: ListRow
  list_member: ListMemberRow
}

const hostBlocks = prepared<{ account: number; host: string }, { id: number }>((db, { account, host }) =>
  db
    .selectFrom('account_domain_block')
    .select('id')
    .where('account_id', '=', account)
    .where('domain', '=', host),
)

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

/** Whether the account wants nothing of a whole host. */
export async function hostBlockExists(app: App, account: number, host: string): Promise<boolean> {
  return (await hostBlocks(app, { account, host })).length > 0
}

type Someone = { id: number; host: string; domain_id: number | null }

/** Whether a block of either, or a member's block of the other's host, stands between two accounts. */
export async function isKeptApart(app: App, one: Someone, other: Someone): Promise<boolean> {
  if (await blockExists(app, one.id, other.id)) return true
  if (one.domain_id !== null && (await hostBlockExists(app, one.id, other.host))) return true
  return other.domain_id !== null && (await hostBlockExists(app, other.id, one.host))
}
