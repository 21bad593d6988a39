import type { PushWords } from '../offline/kept.ts'
import { kept, keptToken } from '../offline/kept.ts'

declare const self: ServiceWorkerGlobalScope

/** What a push says of a notification, as apps of Mastodon know it. */
type Told = { notification_id: number; notification_type: string; title: string; body: string; icon: string }
type Data = { id: string; type: string }
type Status = { id: string; account: { acct: string } }

const ICON = '/assets/icon.png'
const ANSWERED = new Set(['mention', 'quote', 'status'])

/** Shows what a push tells. Browsers forbid a push without a word, so one that cannot be read is shown as well. */
export async function showPush(text: string): Promise<void> {
  const told = read(text)
  const words = await kept<PushWords>('push words')
  const actions = [
    { action: 'reply', title: words?.reply, isFor: ANSWERED.has(told?.notification_type ?? '') },
    { action: 'read', title: words?.read, isFor: told !== null },
  ].filter(({ title, isFor }) => isFor && title !== undefined)
  const shown = {
    body: told?.body ?? '',
    icon: told?.icon ?? ICON,
    badge: ICON,
    tag: `notification ${told?.notification_id ?? ''}`,
    data: { id: String(told?.notification_id ?? ''), type: told?.notification_type ?? '' } satisfies Data,
    actions: actions.map(({ action, title }) => ({ action, title })),
  }
  await self.registration.showNotification(told?.title ?? location.host, shown as NotificationOptions)
}

function read(text: string): Told | null {
  try {
    const told = JSON.parse(text) as Told
    return typeof told.title === 'string' && typeof told.notification_id === 'number' ? told : null
  } catch {
    return null
  }
}

/** Does what was clicked: marks as read, or opens what it is about, with an answer begun where that was asked. */
export async function openFrom({ id }: Data, action: string): Promise<void> {
  const token = await keptToken()
  if (action === 'read') return token ? markRead(token, id) : undefined
  const status = token ? await statusOf(token, id) : null
  const path = status ? `/@${status.account.acct}/${status.id}` : '/notifications'
  await show(status && action === 'reply' ? `${path}?reply` : path)
}

async function statusOf(token: string, id: string): Promise<Status | null> {
  const answer = await fetch(`/api/v1/notifications/${id}`, { headers: { authorization: `Bearer ${token}` } })
  const told = answer.ok ? ((await answer.json()) as { status?: Status }) : {}
  return told.status ?? null
}

async function markRead(token: string, id: string): Promise<void> {
  await fetch('/api/v1/markers', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ notifications: { last_read_id: id } }),
  })
}

async function show(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window' })
  const open = windows.find((each) => !each.url.includes('/settings'))
  if (!open) return void (await self.clients.openWindow(path))
  await open.focus()
  open.postMessage({ open: path })
}
