import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { job } from '#platform/jobs/declare.ts'
import { severFollows } from '#relationships/follow.ts'
import type { SeveranceKind } from '#relationships/severances.ts'
import { beginSeverance, recordSevered, tellSevered } from '#relationships/severances.ts'

/** How many members are parted with one account in one transaction. */
const BATCH = 200

/** The record that cut follows go into, opened with the first of them; `id` is 0 before. */
export type Severance = { id: number; kind: SeveranceKind; name: string }

/** Cuts what stands between an account of another server and our members; answers how many members that were. */
export async function partWith(tx: App, account: AccountRow, severance: Severance): Promise<number> {
  const tied = await sql<{ id: number }>`select account.id from (
    select account_id as id from follow where target_id = ${account.id} union
    select target_id as id from follow where account_id = ${account.id} union
    select account_id as id from follow_request where target_id = ${account.id} union
    select target_id as id from follow_request where account_id = ${account.id}) as tied
    join account on account.id = tied.id where account.domain_id is not null limit ${BATCH}`.execute(tx.db)
  const ids = tied.rows.map(({ id }) => id)
  for (const member of (await accountsByIds(tx, ids)).values()) {
    if (severance.id === 0) severance.id = await beginSeverance(tx, severance.kind, severance.name)
    await recordSevered(tx, severance.id, member, await severFollows(tx, member, account, 'here'))
  }
  return ids.length
}

/** Cuts the follows of an account of another server that was suspended, and tells members what it cost them. */
export const partWithSuspended = job({
  name: 'part with suspended',
  queue: 'bulk',
  tries: 8,
  payload: z.object({ accountId: z.number().int() }),
  async run(app, { accountId }) {
    const account = await accountById(app, accountId)
    if (!account || account.suspended_at === null) return
    const severance: Severance = {
      id: 0,
      kind: 'account_suspension',
      name: `${account.username}@${account.host}`,
    }
    for (let parted = BATCH; parted === BATCH; ) {
      parted = await app.inTransaction((tx) => partWith(tx, account, severance))
    }
    if (severance.id !== 0) await app.inTransaction((tx) => tellSevered(tx, severance.id))
  },
})
