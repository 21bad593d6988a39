import { z } from 'zod'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { Refusal } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { acceptFollow } from './follow.ts'

const BATCH = 100

/** Lets everybody in who still asks to follow somebody who no longer answers by hand; the limited go on waiting. */
export const acceptWaiting = job({
  name: 'accept waiting follows',
  queue: 'local',
  tries: 5,
  payload: z.object({ accountId: z.number().int() }),
  async run(app, { accountId }) {
    let after = 0
    for (;;) {
      const target = await accountById(app, accountId)
      // Locked again in the meantime: the rest is answered by hand.
      if (!target || target.locked === 1) return
      const rows = await waitingFor(app, accountId, after)
      const ids = rows.map((row) => row.asking)
      for (const asking of (await accountsByIds(app, ids)).values())
        await acceptFollow(app, target, asking).catch(overlookGone)
      if (rows.length < BATCH) return
      after = rows.at(-1)?.id ?? after
    }
  },
})

async function waitingFor(app: App, targetId: number, after: number) {
  return app.db
    .selectFrom('follow_request')
    .innerJoin('account', 'account.id', 'follow_request.account_id')
    .select(['follow_request.id', 'follow_request.account_id as asking'])
    .where('follow_request.target_id', '=', targetId)
    .where('follow_request.id', '>', after)
    .where('account.silenced_at', 'is', null)
    .where('account.suspended_at', 'is', null)
    .orderBy('follow_request.id')
    .limit(BATCH)
    .execute()
}

function overlookGone(error: unknown): void {
  if (!(error instanceof Refusal)) throw error
}
