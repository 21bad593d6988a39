import { ZodError } from 'zod'
import type { App } from '#app.ts'
import type { Consequence, Job, QueueName, Task } from './declare.ts'
import { Drop, LaneFault } from './faults.ts'
import { HAPPENING_TRIES, openEffects, runHappening } from './happen.ts'
import type { Chance } from './lanes.ts'
import { afterFailure } from './lanes.ts'
import type { Outcome } from './queue-finish.ts'
import { hasCircuit, queueRules } from './queue-rules.ts'
import type { JobRow } from './tables.ts'

type Runner = { tries: number; run(app: App, row: JobRow, task: Task): Promise<void> }

/** What this program can run, by the kind that the rows carry. */
export type Runners = ReadonlyMap<string, Runner>

/** Tries of a job whose kind nobody here knows: a newer program may have put it there. */
const UNKNOWN_TRIES = 5

/** Gathers the jobs and the effects page; throws when two different jobs have one name. */
export function gatherRunners(
  jobs: readonly Job<unknown>[],
  page: readonly Consequence[],
  chance: Chance,
): Runners {
  const effects = openEffects(page)
  const declared = new Map<string, Job<unknown>>()
  for (const job of [...jobs, ...effects.jobs]) {
    const known = declared.get(job.name)
    if (known && known.run !== job.run) throw new Error(`Two jobs are called "${job.name}"`)
    declared.set(job.name, job)
  }
  const runners = new Map<string, Runner>()
  for (const job of declared.values()) {
    const run = async (app: App, row: JobRow, task: Task) =>
      job.run(app, job.payload.parse(JSON.parse(row.payload ?? 'null')), task)
    runners.set(job.name, { tries: job.tries, run })
  }
  for (const [kind, line] of effects.kinds) {
    const run = (app: App, row: JobRow, task: Task) => runHappening(app, line, row, task, chance)
    runners.set(kind, { tries: HAPPENING_TRIES, run })
  }
  return runners
}

/** Runs one job within its time and says how it ended; never throws. */
export async function runJob(
  app: App,
  runners: Runners,
  row: JobRow,
  { stop, chance }: { stop: AbortController; chance: Chance },
): Promise<Outcome> {
  const runner = runners.get(row.kind)
  const start = performance.now()
  try {
    if (row.expires_at !== null && row.expires_at <= app.now()) throw new Drop('it waited too long')
    if (!runner) throw new Error(`nobody here knows the job "${row.kind}"`)
    const task: Task = {
      id: row.id,
      lane: row.lane,
      ref: row.ref,
      attempts: row.attempts,
      failures: row.failures,
      signal: stop.signal,
    }
    await inTime(runner.run(app, row, task), queueRules[row.queue as QueueName].limit, stop)
    return { end: 'done', ms: Math.round(performance.now() - start) }
  } catch (error) {
    const outcome = outcomeOf(error, row, runner?.tries ?? UNKNOWN_TRIES, { now: app.now(), chance })
    tell(app, row, outcome, error)
    return outcome
  }
}

async function inTime(running: Promise<void>, limit: number, stop: AbortController): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`it took longer than ${Math.round(limit / 1000)} s`)
      stop.abort(error)
      reject(error)
    }, limit)
    timer.unref()
  })
  try {
    await Promise.race([running, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What an error of a job means for it. */
export function outcomeOf(
  error: unknown,
  row: Pick<JobRow, 'queue' | 'lane' | 'failures'>,
  tries: number,
  { now, chance }: { now: number; chance: Chance },
): Outcome {
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof Drop) return { end: 'drop', reason, answered: error.answered }
  if (error instanceof ZodError)
    return { end: 'dead', reason: `what was stored does not fit the job: ${reason}` }
  if (error instanceof LaneFault && hasCircuit(row.queue as QueueName, row.lane)) {
    return { end: 'lane', reason, retryAfter: error.retryAfter, ours: error.ours }
  }
  if (row.failures + 1 >= tries) return { end: 'dead', reason }
  const asked = error instanceof LaneFault ? now + (error.retryAfter ?? 0) : now
  return { end: 'again', at: Math.max(asked, afterFailure(row.failures + 1, now, chance)), reason }
}

function tell(app: App, row: JobRow, outcome: Outcome, error: unknown): void {
  const job = { job: row.id, kind: row.kind, queue: row.queue, lane: row.lane, attempts: row.attempts }
  if (outcome.end === 'dead') app.log.error({ ...job, err: error }, 'a job was given up')
  else if (outcome.end === 'again') app.log.warn({ ...job, err: error, at: outcome.at }, 'a job failed')
  else if ('reason' in outcome)
    app.log.info({ ...job, end: outcome.end, reason: outcome.reason }, 'a job was not done')
}
