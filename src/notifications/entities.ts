import { z } from 'zod'
import { Account } from '#accounts/present-account.ts'
import { Collection } from '#collections/present-collection.ts'
import { Report } from '#moderation/reports.ts'
import { AccountWarning } from '#moderation/warnings.ts'
import { RelationshipSeveranceEvent } from '#relationships/severances.ts'
import { Status } from '#statuses/entities.ts'

/** https://docs.joinmastodon.org/entities/NotificationFallback/ */
export const NotificationFallback = z.object({
  title: z.string(),
  summary: z.string().nullable(),
  details: z.string().nullable(),
})
export type NotificationFallback = z.infer<typeof NotificationFallback>

/** https://docs.joinmastodon.org/entities/Notification/ */
export const Notification = z.object({
  id: z.string(),
  type: z.string(),
  group_key: z.string(),
  filtered: z.boolean().optional(),
  created_at: z.string(),
  account: Account,
  status: Status.optional(),
  event: RelationshipSeveranceEvent.optional(),
  report: Report.optional(),
  moderation_warning: AccountWarning.optional(),
  collection: Collection.optional(),
  fallback: NotificationFallback.optional(),
})
export type Notification = z.infer<typeof Notification>

/** Several notifications shown as one. */
export const NotificationGroup = z.object({
  group_key: z.string(),
  notifications_count: z.number().int(),
  type: z.string(),
  /** A number, unlike every other id. */
  most_recent_notification_id: z.number().int(),
  page_min_id: z.string().optional(),
  page_max_id: z.string().optional(),
  latest_page_notification_at: z.string().optional(),
  sample_account_ids: z.array(z.string()),
  status_id: z.string().optional(),
  event: RelationshipSeveranceEvent.optional(),
  report: Report.optional(),
  moderation_warning: AccountWarning.optional(),
  collection: Collection.optional(),
  fallback: NotificationFallback.optional(),
})
export type NotificationGroup = z.infer<typeof NotificationGroup>

/** Enough of an account for its picture in a row of pictures. */
export const PartialAccount = Account.pick({
  id: true,
  acct: true,
  locked: true,
  bot: true,
  url: true,
  avatar: true,
  avatar_static: true,
  avatar_description: true,
})
export type PartialAccount = z.infer<typeof PartialAccount>

/** Groups with everything they point at beside them, each once. */
export const GroupedNotifications = z.object({
  accounts: z.array(Account),
  partial_accounts: z.array(PartialAccount).optional(),
  statuses: z.array(Status),
  notification_groups: z.array(NotificationGroup),
})
export type GroupedNotifications = z.input<typeof GroupedNotifications>

/** https://docs.joinmastodon.org/entities/NotificationRequest/ */
export const NotificationRequest = z.object({
  id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  account: Account,
  /** A text, unlike other counts. */
  notifications_count: z.string(),
  last_status: Status.nullable().optional(),
})
