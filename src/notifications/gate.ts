import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { blockExists, followOf } from '#relationships/relationships.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import type { NotificationType } from './notifications.ts'

/** Whether `from` may interrupt `to` for this reason: never through a block, a mute, or a post `to` may not see. */
export async function mayInterrupt(
  app: App,
  to: AccountRow,
  from: AccountRow,
  type: NotificationType,
  status: StatusRow | null,
): Promise<boolean> {
  if (from.suspended_at !== null || to.suspended_at !== null) return false
  if (await blockExists(app, to.id, from.id)) return false
  if (await isMuted(app, to.id, from.id)) return false
  if (type === 'mention' && from.silenced_at !== null && !(await followOf(app, to.id, from.id))) return false
  if (!status) return true
  const author = await app.db.selectFrom('account').selectAll().where('id', '=', status.account_id).execute()
  return maySee(await standingTo(app, to, [status], author), status)
}

async function isMuted(app: App, accountId: number, targetId: number): Promise<boolean> {
  const found = await app.db
    .selectFrom('mute')
    .select('id')
    .where('account_id', '=', accountId)
    .where('target_id', '=', targetId)
    .where('hide_notifications', '=', 1)
    .where(sql<boolean>`(expires_at is null or expires_at > ${app.now()})`)
    .executeTakeFirst()
  return found !== undefined
}
