import { sql } from 'kysely'
import { z } from 'zod'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { now } from '#platform/jobs/declare.ts'
import type { NotificationType } from './kinds.ts'
import { recountRequest } from './requests.ts'

const Id = z.number().int()
const Marked = z.object({ statusId: Id, accountId: Id })
const Relation = z.object({ accountId: Id, targetId: Id })

type Mark = { status: number; from: number; type: NotificationType }
const aboutMark = prepared<Mark, never>(
  (_db, { status, from, type }) => sql<never>`delete from notification
    where account_id = (select account_id from status where id = ${status})
      and from_account_id = ${from} and type = ${type} and status_id = ${status}`,
)

/** Declares that a notification about what was done to a post goes when it is undone. */
function forgetMark(name: string, type: NotificationType) {
  return now({
    name,
    async run(tx: App, { statusId, accountId }: z.infer<typeof Marked>) {
      await aboutMark(tx, { status: statusId, from: accountId, type })
    },
  })
}
export const forgetFavourite = forgetMark('forget the notification of a favourite', 'favourite')
export const forgetReblog = forgetMark('forget the notification of a boost', 'reblog')

/** Declares that notifications of one kind from one account go when what they tell of ended. */
function forgetRelation(name: string, types: NotificationType[]) {
  return now({
    name,
    async run(tx: App, { accountId, targetId }: z.infer<typeof Relation>) {
      await tx.db
        .deleteFrom('notification')
        .where('account_id', '=', targetId)
        .where('from_account_id', '=', accountId)
        .where('type', 'in', types)
        .execute()
    },
  })
}
export const forgetFollow = forgetRelation('forget the notification of a follow', [
  'follow',
  'follow_request',
])
export const forgetFollowRequest = forgetRelation('forget the notification of a follow request', [
  'follow_request',
])

/** A blocked account does not wait to be let in, and is not let in any more. */
export const forgetBlocked = now({
  name: 'forget that a blocked account waited',
  async run(tx: App, { accountId, targetId }: z.infer<typeof Relation>) {
    for (const table of ['notification_request', 'notification_permission'] as const) {
      await tx.db
        .deleteFrom(table)
        .where('account_id', '=', accountId)
        .where('from_account_id', '=', targetId)
        .execute()
    }
  },
})

/** Nobody of a blocked host waits to be let in. */
export const forgetHost = now({
  name: 'forget that accounts of a blocked host waited',
  async run(tx: App, { accountId, domain }: { accountId: number; domain: string }) {
    const there = tx.db.selectFrom('account').select('id').where('host', '=', domain)
    for (const table of ['notification_request', 'notification_permission'] as const) {
      await tx.db
        .deleteFrom(table)
        .where('account_id', '=', accountId)
        .where('from_account_id', 'in', there)
        .execute()
    }
  },
})

/** The notifications of a deleted post are gone with it; the requests that counted them are counted anew. */
export const recountRequests = now({
  name: 'count requests anew after a deletion',
  async run(tx: App, { statusId }: { statusId: number }) {
    const rows = await tx.db
      .selectFrom('notification_request')
      .selectAll()
      .where('last_status_id', '=', statusId)
      .execute()
    for (const row of rows) await recountRequest(tx, row)
  },
})

/** Nothing stays behind of an account that is gone. */
export const forgetAccount = now({
  name: 'forget the notifications of an account',
  async run(tx: App, { accountId }: { accountId: number }) {
    for (const table of [
      'notification',
      'notification_request',
      'notification_permission',
      'notification_merge',
    ] as const) {
      await tx.db
        .deleteFrom(table)
        .where((row) => row.or([row('account_id', '=', accountId), row('from_account_id', '=', accountId)]))
        .execute()
    }
    await tx.db.deleteFrom('notification_policy').where('account_id', '=', accountId).execute()
  },
})
