import { accountById, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { accountMoved } from '#happenings.ts'
import { job } from '#platform/jobs/declare.ts'
import * as activities from '../shapes/activities.ts'
import { withPlainContext } from '../shapes/context-out.ts'
import { FIRST, patience, send, urgency } from './deliver-send.ts'

/** Tells followers that a member moved, and those who blocked or were blocked, so that it holds for the new account too. */
export const deliverMove = job({
  name: 'deliver move',
  queue: 'local',
  tries: 8,
  payload: accountMoved.payload,
  async run(app, { accountId, targetId, origin }) {
    if (origin !== 'here') return
    const [actor, target] = [await accountById(app, accountId), await accountById(app, targetId)]
    if (!actor || !target || !isLocal(actor) || actor.moved_to_id !== target.id) return
    await send(app, {
      actor,
      document: withPlainContext(activities.move(actor, target, actor.moved_at ?? 0)),
      to: { followersOf: actor.id, accounts: await apartFrom(app, actor.id) },
      about: `move ${actor.uri} ${target.uri}`,
      word: FIRST,
      prio: urgency.answer,
      keeps: patience.post,
    })
  },
})

async function apartFrom(app: App, accountId: number): Promise<number[]> {
  const rows = await app.db
    .selectFrom('block')
    .select('account_id')
    .where('target_id', '=', accountId)
    .limit(10_000)
    .execute()
  return rows.map((row) => row.account_id)
}
