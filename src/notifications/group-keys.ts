import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { HOUR } from '#platform/times.ts'
import type { NotificationType } from './kinds.ts'
import { kindOf } from './kinds.ts'

/** How many hours after its first one a group still takes more. */
const SPAN = 12

/** The key of a notification that stands alone. */
export const aloneKey = (id: number): string => `ungrouped-${id}`

/** The id of the notification that stands alone under this key, or null. */
export function idOfAlone(key: string): number | null {
  const found = /^ungrouped-(\d{1,16})$/.exec(key)
  return found ? Number(found[1]) : null
}

const usedOf = prepared<{ account: number; keys: readonly string[] }, { group_key: string }>(
  (db, { account, keys }, dialect) =>
    db
      .selectFrom('notification')
      .select('group_key')
      .distinct()
      .where('account_id', '=', account)
      .where(dialect.amongText(sql`group_key`, keys)),
)

type New = { id: number; accountId: number; type: NotificationType; statusId: number | null }

/** The group of a new notification: one of its kind and post that began within 12 hours, else one of this hour. */
export async function groupKeyFor(tx: App, made: New): Promise<string> {
  const { grouped } = kindOf(made.type)
  if (!grouped) return aloneKey(made.id)
  const prefix = grouped === 'by status' ? `${made.type}-${made.statusId}` : made.type
  const hour = Math.floor(tx.now() / HOUR)
  const keys = Array.from({ length: SPAN }, (_, back) => `${prefix}-${hour - back}`)
  const used = new Set((await usedOf(tx, { account: made.accountId, keys })).map((row) => row.group_key))
  return keys.find((key) => used.has(key)) ?? (keys[0] as string)
}

/** Lets the newest of a group stand for it, in the transaction that adds one. */
export async function settleNewest(tx: App, accountId: number, groupKey: string): Promise<void> {
  if (idOfAlone(groupKey) !== null) return
  await settle(tx, { account: accountId, key: groupKey })
}

const settle = prepared<{ account: number; key: string }, never>(
  (_db, { account, key }) => sql<never>`update notification set newest = 0
    where account_id = ${account} and group_key = ${key} and newest = 1
      and id < (select max(id) from notification where account_id = ${account} and group_key = ${key})`,
)
