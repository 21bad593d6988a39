import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { userByAccount } from '#auth/users.ts'
import { Refusal } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { compose } from './compose.ts'
import { createStatus } from './create-status.ts'
import type { Draft } from './draft.ts'
import type { ScheduledRow } from './scheduled-statuses.ts'
import { DRAFTS_FROM, isDraft, paramsOf } from './scheduled-statuses.ts'

/** How many due posts one look of the clock page takes up. */
const MOST_AT_ONCE = 500

/**
 * Publishes a scheduled post whose time has come, exactly once: the row goes in the transaction that makes the
 * status. What cannot be published any more becomes a draft, so that no word is lost.
 */
export const publishScheduled = job({
  name: 'publish scheduled status',
  queue: 'local',
  tries: 8,
  payload: z.object({ scheduledId: z.number().int() }),
  async run(app, { scheduledId }) {
    const row = await app.db
      .selectFrom('scheduled_status')
      .selectAll()
      .where('id', '=', scheduledId)
      .executeTakeFirst()
    if (!row || isDraft(row)) return
    if (row.scheduled_at > app.now()) return app.inTransaction((tx) => owePublication(tx, row))
    const draft = await draftOf(app, row)
    await app.inTransaction(async (tx) => {
      const taken = draft
        ? await tx.db.deleteFrom('scheduled_status').where('id', '=', row.id).executeTakeFirst()
        : null
      if (!draft) await keepAsDraft(tx, row)
      else if (taken?.numDeletedRows === 1n) await createStatus(tx, draft)
    })
  },
})

async function draftOf(app: App, row: ScheduledRow): Promise<Draft | null> {
  const account = await accountById(app, row.account_id)
  const user = account && (await userByAccount(app, account.id))
  if (!account || !user || account.suspended_at !== null || user.disabled_at !== null) return null
  const token = row.application_id === null ? null : { application_id: row.application_id }
  try {
    return await compose(app, { account, user, token }, paramsOf(row), { scheduledId: row.id })
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === 'unavailable') throw error
    app.log.info({ scheduled: row.id, reason: error.message }, 'a scheduled post became a draft')
    return null
  }
}

async function keepAsDraft(tx: App, row: ScheduledRow): Promise<void> {
  await tx.db
    .updateTable('scheduled_status')
    .set({ scheduled_at: DRAFTS_FROM })
    .where('id', '=', row.id)
    .execute()
}

/** Owes the publication at its time, in the caller's transaction; drafts are owed nothing. */
export async function owePublication(tx: App, row: Pick<ScheduledRow, 'id' | 'scheduled_at'>): Promise<void> {
  if (isDraft(row)) return
  const options = { at: row.scheduled_at, unique: `scheduled ${row.id}` }
  await tx.later(publishScheduled, { scheduledId: row.id }, options)
}

/** Owes what is due again, for the case that its job was put aside. */
export async function oweDue(app: App): Promise<void> {
  const due = await app.db
    .selectFrom('scheduled_status')
    .selectAll()
    .where('scheduled_at', '<=', app.now())
    .limit(MOST_AT_ONCE)
    .execute()
  if (due.length === 0) return
  await app.inTransaction(async (tx) => {
    for (const row of due) await owePublication(tx, row)
  })
}
