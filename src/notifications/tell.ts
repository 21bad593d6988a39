import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { notified } from '#happenings.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { HOUR } from '#platform/times.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { judge } from './gate.ts'
import { aloneKey, groupKeyFor, settleNewest } from './group-keys.ts'
import type { NotificationType } from './kinds.ts'
import type { NotificationRow } from './notifications.ts'
import { addToRequest } from './requests.ts'

/** A pair that follows, unfollows and follows again interrupts once in this time (LOOP-12, SPAM-07). */
const AGAIN_AFTER = HOUR
const recently = keptBy(() => new LRUCache<string, number>({ max: 20_000 }))

type Subject = Partial<Pick<NotificationRow, 'severance_id' | 'report_id' | 'collection_id' | 'warning_id'>>

/** Why somebody is to be told something. */
export type Reason = {
  to: number
  from: number
  type: NotificationType
  status?: StatusRow | null
  /** What else it is about. */
  subject?: Subject
}

/**
 * Puts down one notification, if its receiver is ours and the gate lets it pass; the same reason twice is one.
 * What the policy holds back is written too, apart. One that comes again soon after it was undone is there again,
 * but nobody is interrupted.
 */
export async function tell(app: App, reason: Reason): Promise<void> {
  const [to, from] = [await accountById(app, reason.to), await accountById(app, reason.from)]
  if (!to || !from || to.domain_id === null) return
  const status = reason.status ?? null
  const verdict = await judge(app, { to, from, type: reason.type, status })
  if (verdict === 'drop') return
  await app.inTransaction(async (tx) => {
    await hold(tx, { account: to.id })
    if (await alreadyTold(tx, reason)) return
    const row = await newRow(tx, reason, verdict === 'filter')
    await tx.db.insertInto('notification').values(row).execute()
    if (row.filtered) await addToRequest(tx, row)
    else await settleNewest(tx, to.id, row.group_key)
    if (isAgain(tx, reason)) return
    await tx.emit(notified, {
      notificationId: row.id,
      accountId: to.id,
      filtered: row.filtered === 1,
    })
  })
}

/** Two at once for the same member must find each other: the group and what was told already depend on it. */
const hold = prepared<{ account: number }, never>(
  (_db, { account }, dialect) =>
    sql<never>`select id from "user" where account_id = ${account} ${dialect.holdRows}`,
)

async function newRow(tx: App, reason: Reason, filtered: boolean): Promise<NotificationRow> {
  const id = tx.newId()
  const statusId = reason.status?.id ?? null
  const made = { id, accountId: reason.to, type: reason.type, statusId }
  return {
    id,
    account_id: reason.to,
    from_account_id: reason.from,
    type: reason.type,
    status_id: statusId,
    severance_id: null,
    report_id: null,
    collection_id: null,
    warning_id: null,
    ...reason.subject,
    group_key: filtered ? aloneKey(id) : await groupKeyFor(tx, made),
    filtered: filtered ? 1 : 0,
    newest: 1,
    created_at: tx.now(),
  }
}

async function alreadyTold(tx: App, reason: Reason): Promise<boolean> {
  let query = tx.db
    .selectFrom('notification')
    .select('id')
    .where('account_id', '=', reason.to)
    .where('from_account_id', '=', reason.from)
    .where('type', '=', reason.type)
  for (const [column, id] of Object.entries(reason.subject ?? {})) {
    query = query.where(column as keyof Subject, '=', id)
  }
  if (reason.status) query = query.where('status_id', '=', reason.status.id)
  else if (!reason.subject) query = query.where('created_at', '>', tx.now() - AGAIN_AFTER)
  return (await query.executeTakeFirst()) !== undefined
}

function isAgain(tx: App, { to, from, type, status }: Reason): boolean {
  const key = `${to}/${from}/${type}/${status?.id ?? ''}`
  const before = recently(tx).get(key)
  tx.afterCommit(() => void recently(tx).set(key, tx.now()))
  return before !== undefined && before > tx.now() - AGAIN_AFTER
}
