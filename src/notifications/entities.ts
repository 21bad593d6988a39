import { z } from 'zod'
import { Account } from '#accounts/present-account.ts'
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
  fallback: NotificationFallback.optional(),
})
export type Notification = z.infer<typeof Notification>
