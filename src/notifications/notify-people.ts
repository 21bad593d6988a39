import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { permissions } from '#auth/roles.ts'
import type { ReportRow } from '#moderation/reports.ts'
import { reportById } from '#moderation/reports.ts'
import { job } from '#platform/jobs/declare.ts'
import { followOf, followRequestOf } from '#relationships/relationships.ts'
import type { NotificationType } from './kinds.ts'
import { tell } from './tell.ts'

const Id = z.number().int()
const Relation = z.object({ accountId: Id, targetId: Id })

type Stands = (app: App, accountId: number, targetId: number) => Promise<object | undefined>

function notifyTarget(name: string, type: NotificationType, stands: Stands) {
  return job({
    name,
    queue: 'local',
    tries: 5,
    payload: Relation,
    async run(app, { accountId, targetId }) {
      if (await stands(app, accountId, targetId)) await tell(app, { to: targetId, from: accountId, type })
    },
  })
}
export const notifyFollowed = notifyTarget('notify followed', 'follow', followOf)
export const notifyFollowRequested = notifyTarget(
  'notify follow requested',
  'follow_request',
  followRequestOf,
)

/** Tells a member what a block or a suspension did to their follows. Nobody else caused it, so it comes from themselves. */
export const notifySevered = job({
  name: 'notify severed',
  queue: 'local',
  tries: 5,
  payload: z.object({ accountId: Id, accountSeveranceId: Id }),
  async run(app, { accountId, accountSeveranceId }) {
    const subject = { severance_id: accountSeveranceId }
    await tell(app, { to: accountId, from: accountId, type: 'severed_relationships', subject })
  },
})

/** Tells a member what the staff did or says. Who of the staff it was is not told, so it comes from themselves. */
export const notifyWarned = job({
  name: 'notify warned',
  queue: 'local',
  tries: 5,
  payload: z.object({ accountId: Id, warningId: Id }),
  async run(app, { accountId, warningId }) {
    const subject = { warning_id: warningId }
    await tell(app, { to: accountId, from: accountId, type: 'moderation_warning', subject })
  },
})

export const notifySignedUp = job({
  name: 'notify staff of a sign-up',
  queue: 'local',
  tries: 5,
  payload: z.object({ accountId: Id }),
  async run(app, { accountId }) {
    const newcomer = await accountById(app, accountId)
    if (!newcomer) return
    for (const staff of await staffOf(app, newcomer.domain_id ?? 0, 'manage_users')) {
      await tell(app, { to: staff.id, from: newcomer.id, type: 'admin.sign_up' })
    }
  },
})

/** Tells the staff of a report, unless another one about the same account still waits for them. */
export const notifyReported = job({
  name: 'notify staff of a report',
  queue: 'local',
  tries: 5,
  payload: z.object({ reportId: Id }),
  async run(app, { reportId }) {
    const report = await reportById(app, reportId)
    if (!report || (await isKnownTrouble(app, report))) return
    for (const staff of await staffOf(app, report.domain_id, 'manage_reports')) {
      const subject = { report_id: report.id }
      await tell(app, { to: staff.id, from: report.account_id, type: 'admin.report', subject })
    }
  },
})

async function isKnownTrouble(app: App, report: ReportRow): Promise<boolean> {
  const open = await app.db
    .selectFrom('report')
    .select('id')
    .where('target_id', '=', report.target_id)
    .where('domain_id', '=', report.domain_id)
    .where('id', '<', report.id)
    .where('action_taken_at', 'is', null)
    .executeTakeFirst()
  return open !== undefined
}

/** The staff of that domain who may do this. */
async function staffOf(
  app: App,
  domainId: number,
  permission: 'manage_users' | 'manage_reports',
): Promise<AccountRow[]> {
  const wanted = permissions.administrator | permissions[permission]
  const rows = await app.db
    .selectFrom('user')
    .innerJoin('role', 'role.id', 'user.role_id')
    .select(['user.account_id', 'role.permissions'])
    .where('user.domain_id', '=', domainId)
    .execute()
  const staff = rows.filter((row) => (row.permissions & wanted) !== 0)
  return [
    ...(
      await accountsByIds(
        app,
        staff.map((row) => row.account_id),
      )
    ).values(),
  ]
}
