import { accountById } from '#accounts/accounts.ts'
import { notificationById } from '#notifications/notifications.ts'
import { presentNotifications } from '#notifications/present-notification.ts'
import { StreamEvent } from './event.ts'
import type { Hub } from './hub.ts'

export type Notified = { accountId: number; notificationId: number }

const KINDS = ['user', 'user:notification'] as const

/** Sends a notification to its owner's streams, as far as their tokens may read notifications. */
export async function passNotification(hub: Hub, { accountId, notificationId }: Notified): Promise<void> {
  const { app } = hub
  if (!KINDS.some((kind) => hub.hearers(kind, accountId).size > 0)) return
  const account = await accountById(app, accountId)
  const domain = account?.domain_id ? app.domains.byId(account.domain_id) : undefined
  const row = account && (await notificationById(app, accountId, notificationId))
  if (!domain || !row) return
  const [shown] = await presentNotifications(app, { domain, account }, [row])
  if (!shown) return
  tellReaders(hub, accountId, new StreamEvent('notification', shown))
}

/** Says that what had been held back was let in: clients read their notifications again. */
export function passMerged(hub: Hub, accountId: number): void {
  tellReaders(hub, accountId, new StreamEvent('notifications_merged', '1'))
}

function tellReaders(hub: Hub, accountId: number, event: StreamEvent): void {
  for (const kind of KINDS) {
    hub.tell(kind, accountId, (listener) => (listener.readsNotifications ? event : null))
  }
}
