import type { Account } from '#accounts/present-account.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, Reader } from '#app.ts'
import { isoTime } from '#platform/times.ts'
import type { Notification } from './entities.ts'
import { fallbackOf } from './fallback.ts'
import { knownTypes } from './kinds.ts'
import type { NotificationRow } from './notifications.ts'
import type { Subject } from './subjects.ts'
import { loadSubjects } from './subjects.ts'

export type Told = { row: NotificationRow; account: Account; subject: Subject }
export type Loaded = { told: Told[]; accounts: Map<number, Account> }

/**
 * These notifications with what they are about, in order: one query a kind. Those by the suspended, and those about
 * what is gone or may no longer be seen, are left out (PRIV-14, BLK-06). `others` are accounts to load along.
 */
export async function loadTold(
  app: App,
  reader: Reader,
  rows: readonly NotificationRow[],
  others: readonly number[] = [],
): Promise<Loaded> {
  if (rows.length === 0) return { told: [], accounts: new Map() }
  const senders = rows.map((row) => row.from_account_id)
  const accounts = await presentAccountsById(app, reader, [...senders, ...others])
  const subjectOf = await loadSubjects(app, reader, rows)
  const told = rows.flatMap((row): Told[] => {
    const account = accounts.get(row.from_account_id)
    const subject = subjectOf(row)
    if (!account || account.suspended || !subject) return []
    return [{ row, account, subject }]
  })
  return { told, accounts }
}

/** Kinds that the asking app shows by itself; the others come with words for it. Null when it did not say. */
export type Supported = readonly string[] | null

/** What an app that does not know the kind is given instead, when it said which kinds it knows. */
export function fallbackFor({ row, account, subject }: Told, supported: Supported) {
  const [type] = knownTypes([row.type])
  if (!supported || !type || supported.includes(type)) return {}
  return { fallback: fallbackOf(type, account, subject.status) }
}

/** These notifications as their owner sees them, in order. */
export async function presentNotifications(
  app: App,
  reader: Reader,
  rows: readonly NotificationRow[],
  supported: Supported = null,
): Promise<Notification[]> {
  return (await loadTold(app, reader, rows)).told.map((told) => ({
    id: String(told.row.id),
    type: told.row.type,
    group_key: told.row.group_key,
    ...(told.row.filtered === 1 ? { filtered: true } : {}),
    created_at: isoTime(told.row.created_at),
    account: told.account,
    ...told.subject,
    ...fallbackFor(told, supported),
  }))
}

/** One notification as its owner sees it; null when there is nothing left to show. */
export async function presentNotification(
  app: App,
  reader: Reader,
  row: NotificationRow,
): Promise<Notification | null> {
  return (await presentNotifications(app, reader, [row]))[0] ?? null
}
