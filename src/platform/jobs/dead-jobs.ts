import type { App } from '#app.ts'
import type { QueueName } from './declare.ts'
import { putMany } from './queue-put.ts'
import type { DeadJobRow, JobRow } from './tables.ts'

/** Puts jobs aside, each with the reason why it is not tried again. */
export async function buryJobs(tx: App, jobs: readonly { job: JobRow; reason: string }[]): Promise<void> {
  if (jobs.length === 0) return
  const died_at = tx.now()
  const rows = jobs.map(({ job, reason }) => ({
    id: job.id,
    queue: job.queue,
    lane: job.lane,
    kind: job.kind,
    prio: job.prio,
    ref: job.ref,
    payload: job.payload,
    okey: job.okey,
    attempts: job.attempts,
    reason: reason.slice(0, 1000),
    created_at: job.created_at,
    died_at,
  }))
  await tx.db
    .insertInto('dead_job')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Puts dead jobs back into their queue, by id or all of a kind; answers how many. */
export async function retryDead(app: App, which: { id: number } | { kind: string }): Promise<number> {
  return app.inTransaction(async (tx) => {
    const base = tx.db.deleteFrom('dead_job').where('kind', '<>', 'backlog').returningAll()
    const rows = await ('id' in which
      ? base.where('id', '=', which.id)
      : base.where('kind', '=', which.kind)
    ).execute()
    for (const { ref, lane } of rows as DeadJobRow[])
      if (ref !== null)
        await tx.db.deleteFrom('outgoing_failure').where('ref', '=', ref).where('lane', '=', lane).execute()
    await putMany(
      tx,
      rows.map((row: DeadJobRow) => ({
        queue: row.queue as QueueName,
        lane: row.lane,
        state: 0,
        prio: row.prio,
        run_at: tx.now(),
        failures: 0,
        kind: row.kind,
        ref: row.ref,
        payload: row.payload,
        okey: row.okey,
        ukey: null,
        expires_at: null,
      })),
    )
    return rows.length
  })
}
