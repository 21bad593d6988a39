import { z } from 'zod'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { isoTime } from '#platform/times.ts'
import { Status } from '#statuses/entities.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import type { NotificationRow } from './notifications.ts'

/** https://docs.joinmastodon.org/entities/Notification/ */
export const Notification = z.object({
  id: z.string(),
  type: z.string(),
  group_key: z.string(),
  created_at: z.string(),
  account: Account,
  status: Status.optional(),
})
export type Notification = z.infer<typeof Notification>

const ABOUT_STATUS = new Set(['mention', 'status', 'reblog', 'favourite', 'update'])

/** These notifications as their owner sees them, in order; those about a post that may no longer be seen are left out. */
export async function presentNotifications(
  app: App,
  reader: Reader,
  rows: readonly NotificationRow[],
): Promise<Notification[]> {
  const accounts = await presentAccountsById(
    app,
    reader,
    rows.map((row) => row.from_account_id),
  )
  const statusIds = [...new Set(rows.flatMap((row) => row.status_id ?? []))]
  const statuses = new Map(
    (await presentStatuses(app, reader, statusIds)).map((status) => [status.id, status]),
  )
  return rows.flatMap((row): Notification[] => {
    const account = accounts.get(row.from_account_id)
    const status = row.status_id === null ? undefined : statuses.get(String(row.status_id))
    if (!account || (ABOUT_STATUS.has(row.type) && !status)) return []
    return [
      {
        id: String(row.id),
        type: row.type,
        group_key: row.group_key,
        created_at: isoTime(row.created_at),
        account,
        ...(status ? { status } : {}),
      },
    ]
  })
}
