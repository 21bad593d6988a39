import type { z } from 'zod'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { isoTime } from '#platform/times.ts'
import { presentStatuses } from '#statuses/present-status.ts'
import type { NotificationRequest } from './entities.ts'
import type { NotificationRequestRow } from './notifications.ts'

/** These requests as their owner sees them, in order; those by the suspended are left out. */
export async function presentRequests(
  app: App,
  reader: Reader,
  rows: readonly NotificationRequestRow[],
): Promise<z.input<typeof NotificationRequest>[]> {
  if (rows.length === 0) return []
  const senders = rows.map((row) => row.from_account_id)
  const accounts = await presentAccountsById(app, reader, senders)
  const shown = await presentStatuses(app, reader, [
    ...new Set(rows.flatMap((row) => row.last_status_id ?? [])),
  ])
  const statuses = new Map(shown.map((status) => [status.id, status]))
  return rows.flatMap((row) => {
    const account = accounts.get(row.from_account_id)
    if (!account || account.suspended) return []
    return [
      {
        id: String(row.id),
        created_at: isoTime(row.created_at),
        updated_at: isoTime(row.updated_at),
        account,
        notifications_count: String(row.notifications_count),
        last_status: statuses.get(String(row.last_status_id)) ?? null,
      },
    ]
  })
}
