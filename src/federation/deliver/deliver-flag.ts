import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { reported } from '#happenings.ts'
import type { ReportRow } from '#moderation/reports.ts'
import { reportById } from '#moderation/reports.ts'
import { job } from '#platform/jobs/declare.ts'
import { statusesByIds } from '#statuses/statuses.ts'
import * as activities from '../shapes/activities.ts'
import { withPlainContext } from '../shapes/context-out.ts'
import { FIRST, patience, send, urgency } from './deliver-send.ts'

/** Tells the servers of those whom a report concerns, as the server itself: who complained stays here (PRIV-27). */
export const deliverFlag = job({
  name: 'deliver flag',
  queue: 'local',
  tries: 8,
  payload: reported.payload,
  async run(app, { reportId, tell }) {
    const report = tell.length === 0 ? undefined : await reportById(app, reportId)
    const serverId = report && app.domains.byId(report.domain_id)?.actor_id
    const server = serverId ? await accountById(app, serverId) : undefined
    if (!report || !server) return
    const objects = await objectsOf(app, report)
    if (objects.length === 0) return
    await send(app, {
      actor: server,
      document: withPlainContext(activities.flag(server, report, objects)),
      to: { accounts: tell, personal: true },
      about: report.uri,
      word: FIRST,
      prio: urgency.post,
      keeps: patience.post,
    })
  },
})

async function objectsOf(app: App, report: ReportRow): Promise<string[]> {
  const target = await accountById(app, report.target_id)
  if (!target) return []
  const statuses = await statusesByIds(app, JSON.parse(report.status_ids) as number[])
  return [target.uri, ...[...statuses.values()].map((status) => status.uri)]
}
