import { z } from 'zod'
import { accountById, isLocal } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { refuseQuote } from './keep-quote.ts'

const BATCH = 100
const Id = z.number().int()

const standing = (app: App, by: number, of: number) =>
  app.db
    .selectFrom('quote')
    .select('id')
    .where('account_id', '=', by)
    .where('quoted_account_id', '=', of)
    .where('state', 'in', ['pending', 'accepted'])

/** Whoever is blocked quotes the member who blocked them no more: what stood is taken back, what waits is refused. */
export const endQuotesOfBlocked = job({
  name: 'end quotes of blocked',
  queue: 'local',
  tries: 5,
  payload: z.object({ accountId: Id, targetId: Id }),
  concerns: async (tx, { accountId, targetId }) =>
    (await standing(tx, targetId, accountId).limit(1).executeTakeFirst()) !== undefined,
  async run(app, { accountId, targetId }) {
    const account = await accountById(app, accountId)
    if (!account || !isLocal(account)) return
    for (;;) {
      const rows = await standing(app, targetId, accountId).limit(BATCH).execute()
      for (const { id } of rows) await refuseQuote(app, id, 'here')
      if (rows.length < BATCH) return
    }
  },
})
