import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import type { Page } from '#platform/paging.ts'

export const notificationTypes = [
  'mention',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'update',
  'admin.sign_up',
] as const
export type NotificationType = (typeof notificationTypes)[number]

/** Something that concerns `account_id`, caused by `from_account_id`. */
export type NotificationRow = {
  id: number
  account_id: number
  from_account_id: number
  type: string
  status_id: number | null
  group_key: string
  created_at: number
}

export type NotificationTables = { notification: NotificationRow }

export type NotificationAsk = { types: string[]; excludeTypes: string[]; fromAccountId: number | null }

/** A page of the account's notifications, newest first. */
export async function notificationsOf(
  app: App,
  account: AccountRow,
  ask: NotificationAsk,
  page: Page,
): Promise<NotificationRow[]> {
  let query = app.db.selectFrom('notification').selectAll().where('account_id', '=', account.id)
  if (ask.types.length > 0) query = query.where('type', 'in', ask.types)
  if (ask.excludeTypes.length > 0) query = query.where('type', 'not in', ask.excludeTypes)
  if (ask.fromAccountId !== null) query = query.where('from_account_id', '=', ask.fromAccountId)
  return pageRows<NotificationRow>(query, 'id', page)
}

/** One notification of the account, or undefined. */
export async function notificationById(app: App, account: AccountRow, id: number) {
  return app.db
    .selectFrom('notification')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', account.id)
    .executeTakeFirst()
}

/** Clears one notification of the account, or all of them. */
export async function dismiss(app: App, account: AccountRow, id: number | null): Promise<void> {
  await app.inTransaction(async (tx) => {
    const query = tx.db.deleteFrom('notification').where('account_id', '=', account.id)
    await (id === null ? query : query.where('id', '=', id)).execute()
  })
}

/** How many notifications are newer than the account's marker, at most `most`. */
export async function unreadCount(app: App, account: AccountRow, most: number): Promise<number> {
  const marker = await app.db
    .selectFrom('marker')
    .select('last_read_id')
    .where('account_id', '=', account.id)
    .where('timeline', '=', 'notifications')
    .executeTakeFirst()
  const newer = app.db
    .selectFrom('notification')
    .select('id')
    .where('account_id', '=', account.id)
    .where('id', '>', Number(marker?.last_read_id ?? 0))
    .limit(most)
  const { n } = await app.db
    .selectFrom(newer.as('newer'))
    .select(sql<number>`count(*)`.as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}
