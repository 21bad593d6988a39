import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { NotificationPolicyRow } from './policy.ts'

/** Something that concerns `account_id`, caused by `from_account_id`. */
export type NotificationRow = {
  id: number
  account_id: number
  from_account_id: number
  type: string
  status_id: number | null
  /** For `severed_relationships`: the row of `account_severance`. */
  severance_id: number | null
  /** For `admin.report`. */
  report_id: number | null
  collection_id: number | null
  warning_id: number | null
  /** Those of one group share it; `ungrouped-<id>` for one that stands alone. */
  group_key: string
  /** The policy holds it back: it waits in a request instead of interrupting. */
  filtered: number
  /** Whether it is the newest of its group, and so stands for it. */
  newest: number
  created_at: number
}

/** Somebody whose messages wait until the member lets them in or not. */
export type NotificationRequestRow = {
  id: number
  account_id: number
  from_account_id: number
  last_status_id: number | null
  /** How many messages wait, at most 100. */
  notifications_count: number
  created_at: number
  updated_at: number
}

/** `account_id` let `from_account_id` in: the policy does not ask any more. */
export type NotificationPermissionRow = { account_id: number; from_account_id: number; created_at: number }

export type NotificationTables = {
  notification: NotificationRow
  notification_request: NotificationRequestRow
  notification_permission: NotificationPermissionRow
  /** Requests that were accepted and whose notifications are still on their way back. */
  notification_merge: NotificationPermissionRow
  notification_policy: NotificationPolicyRow
}

/** One notification of the account, or undefined. */
export async function notificationById(app: App, accountId: number, id: number) {
  return app.db
    .selectFrom('notification')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
}

const markers = prepared<{ account: number }, { last_read_id: string }>((db, { account }) =>
  db
    .selectFrom('marker')
    .select('last_read_id')
    .where('account_id', '=', account)
    .where('timeline', '=', 'notifications'),
)

/** Where the account stopped reading its notifications; 0 when it never said. */
export async function readUpTo(app: App, accountId: number): Promise<number> {
  return Number((await markers(app, { account: accountId }))[0]?.last_read_id ?? 0)
}
