import { sql } from 'kysely'
import type { App } from '#app.ts'
import { reserveMedia } from '#media/attach-media.ts'
import { invalid } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { DAY, MINUTE } from '#platform/times.ts'
import type { StatusForm, Writer } from './compose.ts'
import { compose } from './compose.ts'
import { answerKey, takeKey } from './idempotency.ts'
import { owePublication } from './publish-scheduled.ts'
import type { ScheduledRow } from './scheduled-statuses.ts'
import { DRAFTS_FROM, isDraft, LATEST, ownScheduled, paramsOf } from './scheduled-statuses.ts'

/** How far ahead a publication must be at least. */
const SOONEST = 5 * MINUTE
const MOST_IN_ALL = 300
const MOST_A_DAY = 25

/**
 * Keeps a post for its time, or for ever where that makes it a draft. It is checked as if it were published now.
 * The same Idempotency-Key within an hour gives the first one again.
 */
export async function scheduleStatus(
  app: App,
  writer: Writer,
  form: StatusForm,
  scheduledAt: number,
  idempotencyKey: string | null,
): Promise<ScheduledRow> {
  checkTime(app, scheduledAt)
  const { visibility } = await compose(app, writer, form)
  const shown = visibility === 'limited' ? 'private' : visibility
  return app.inTransaction(async (tx) => {
    const accountId = writer.account.id
    const first = idempotencyKey ? await takeKey(tx, accountId, idempotencyKey) : undefined
    if (first?.scheduledId) return ownScheduled(tx, writer.account, first.scheduledId)
    const row: ScheduledRow = {
      id: tx.newId(),
      account_id: accountId,
      application_id: writer.token?.application_id ?? null,
      params: JSON.stringify({ ...form, visibility: form.visibility ?? shown }),
      scheduled_at: scheduledAt,
      created_at: tx.now(),
    }
    await checkRoom(tx, row)
    await tx.db.insertInto('scheduled_status').values(row).execute()
    await reserveMedia(tx, mediaIdsOf(form), row.id)
    await owePublication(tx, row)
    if (idempotencyKey) await answerKey(tx, accountId, idempotencyKey, { scheduledId: row.id })
    return row
  })
}

/** Moves a scheduled post to another time. */
export async function reschedule(app: App, given: ScheduledRow, scheduledAt: number): Promise<ScheduledRow> {
  checkTime(app, scheduledAt)
  return app.inTransaction(async (tx) => {
    const row = { ...(await ownScheduled(tx, { id: given.account_id }, given.id)), scheduled_at: scheduledAt }
    await checkRoom(tx, row)
    await tx.db
      .updateTable('scheduled_status')
      .set({ scheduled_at: scheduledAt })
      .where('id', '=', row.id)
      .execute()
    await owePublication(tx, row)
    return row
  })
}

/** Throws a scheduled post away; its files are uploads again. */
export async function unschedule(app: App, row: ScheduledRow): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('scheduled_status').where('id', '=', row.id).execute()
    await reserveMedia(tx, mediaIdsOf(paramsOf(row)), null)
  })
}

const mediaIdsOf = (form: StatusForm) => (form.media_ids ?? []).flatMap((id) => readId(id) ?? [])

function checkTime(app: App, at: number): void {
  if (at < app.now() + SOONEST) {
    throw invalid('Validation failed: Scheduled at must be at least five minutes in the future')
  }
  if (at > LATEST) throw invalid('Validation failed: Scheduled at is too far in the future')
}

async function checkRoom(tx: App, row: ScheduledRow): Promise<void> {
  // Two at once must count one after another.
  await sql`select id from account where id = ${row.account_id} ${tx.dialect.holdRows}`.execute(tx.db)
  const others = tx.db
    .selectFrom('scheduled_status')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('account_id', '=', row.account_id)
    .where('id', '<>', row.id)
  const all = await others.executeTakeFirstOrThrow()
  if (Number(all.n) >= MOST_IN_ALL) {
    throw invalid(`Validation failed: You have exceeded the limit of ${MOST_IN_ALL} scheduled posts`)
  }
  if (isDraft(row)) return
  const day = Math.floor(row.scheduled_at / DAY) * DAY
  const today = await others
    .where('scheduled_at', '>=', day)
    .where('scheduled_at', '<', Math.min(day + DAY, DRAFTS_FROM))
    .executeTakeFirstOrThrow()
  if (Number(today.n) >= MOST_A_DAY) {
    throw invalid(
      `Validation failed: You have exceeded the limit of ${MOST_A_DAY} scheduled posts for that day`,
    )
  }
}
