import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '../database/prepared.ts'
import type { Consequence, Effect, Happening, Job, Task } from './declare.ts'
import { Drop } from './faults.ts'
import type { Chance } from './lanes.ts'
import { afterFailure } from './lanes.ts'
import type { Owed } from './queue-put.ts'
import { owed, putMany } from './queue-put.ts'
import type { JobRow } from './tables.ts'

/** The effects page at work. */
export type Effects = {
  /**
   * Does what must be true now, owes what follows later (one row), and tells the watchers after the commit.
   * `outside` is the app that live effects get: the transaction is over by then.
   */
  emit<Payload>(tx: App, happening: Happening<Payload>, payload: Payload, outside?: App): Promise<void>
  /** Every durable effect of the page, each once: the worker must know them by name. */
  jobs: Job<unknown>[]
  /** The happenings that have durable effects, by the kind their rows carry. */
  kinds: ReadonlyMap<string, Consequence>
}

/** How often a row of a happening is tried; its effects have their own number. */
export const HAPPENING_TRIES = 8

const kindOf = (happening: { name: string }): string => `happening:${happening.name}`
const isLater = (effect: Effect<unknown>): effect is Job<unknown> => effect.type === 'later'

/** Reads the effects page once; a happening named on two lines has the effects of both. */
export function openEffects(consequences: readonly Consequence[]): Effects {
  const page = new Map<string, Consequence>()
  for (const { happening, effects } of consequences) {
    const kind = kindOf(happening)
    page.set(kind, { happening, effects: [...(page.get(kind)?.effects ?? []), ...effects] })
  }
  const kinds = new Map([...page].filter(([, { effects }]) => effects.some(isLater)))
  const jobs = new Map<string, Job<unknown>>()
  for (const { effects } of page.values()) for (const job of effects.filter(isLater)) jobs.set(job.name, job)
  return {
    kinds,
    jobs: [...jobs.values()],
    async emit(tx, happening, payload, outside = tx) {
      happening.payload.parse(payload)
      const kind = kindOf(happening)
      const line = page.get(kind)
      if (!line) return
      for (const effect of line.effects) if (effect.type === 'now') await effect.run(tx, payload)
      if (kinds.has(kind)) await owe(tx, kind, line, payload)
      for (const effect of line.effects) {
        if (effect.type === 'live') tx.afterCommit(() => void runLive(outside, effect, payload))
      }
    },
  }
}

type LiveEffect = Extract<Effect<unknown>, { type: 'live' }>

async function runLive(app: App, effect: LiveEffect, payload: unknown): Promise<void> {
  try {
    await effect.run(app, payload)
  } catch (error) {
    app.log.warn({ err: error, effect: effect.name }, 'a live effect failed')
  }
}

async function owe(tx: App, kind: string, line: Consequence, payload: unknown): Promise<void> {
  const idle: string[] = []
  let isOwing = false
  for (const effect of line.effects) {
    if (!isLater(effect)) continue
    if (!effect.concerns || (await effect.concerns(tx, payload))) isOwing = true
    else idle.push(effect.name)
  }
  if (isOwing) await putMany(tx, [outboxRow(tx.now(), kind, { payload, done: idle })])
}

/** What people do here passes what arrives from elsewhere: a busy inbox must not hold up the house. */
function outboxRow(now: number, kind: string, outbox: Outbox): Owed {
  const isForeign = (outbox.payload as { origin?: unknown } | null)?.origin === 'elsewhere'
  const row = {
    queue: 'local',
    lane: '',
    state: 0,
    prio: isForeign ? 60 : 30,
    run_at: now,
    failures: 0,
    ref: null,
  }
  return {
    ...row,
    kind,
    payload: JSON.stringify(outbox),
    okey: null,
    ukey: null,
    expires_at: null,
  }
}

type Outbox = { payload: unknown; done: string[] }

const remember = prepared<{ id: number; attempts: number; payload: string }, { id: number }>(
  (_db, { id, attempts, payload }) => sql<{ id: number }>`update job set payload = ${payload}
    where id = ${id} and attempts = ${attempts} and state = 2 returning id`,
)

/** From so many ms on an effect counts as slow: what was done before it is then written down. */
const SLOW = 250

/**
 * Runs the durable effects of one happening in order. Those that belong to another queue, and those that fail, become
 * jobs of their own, so that none holds up the rest. What is done is written down with them, and before something
 * slow: a crash repeats a moment's work at most, and quick effects cost no transaction each.
 */
export async function runHappening(app: App, line: Consequence, row: JobRow, task: Task, chance: Chance) {
  const outbox = JSON.parse(row.payload ?? '') as Outbox
  const payload = line.happening.payload.parse(outbox.payload)
  const todo = line.effects.filter(isLater).filter((effect) => !outbox.done.includes(effect.name))
  const elsewhere = todo.filter((effect) => effect.queue !== 'local' || effect.lane)
  let written = outbox.done.length
  const keep = async (owing: Owed[]) => {
    if (owing.length === 0 && written === outbox.done.length) return
    written = outbox.done.length
    await app.inTransaction(async (tx) => {
      const held = await remember(tx, { id: row.id, attempts: row.attempts, payload: JSON.stringify(outbox) })
      if (held.length === 0) throw new Error('somebody else has this job by now')
      await putMany(tx, owing)
    })
  }
  if (elsewhere.length > 0) {
    outbox.done.push(...elsewhere.map((effect) => effect.name))
    await keep(elsewhere.map((effect) => ({ ...owed(app.now(), effect, payload), prio: row.prio })))
  }
  for (const effect of todo) {
    if (elsewhere.includes(effect)) continue
    if (task.signal.aborted) {
      await keep([])
      throw new Error('the time was up before all effects were done')
    }
    const owing = await keepingIfSlow(runOne(app, effect, payload, task, chance), () => keep([]))
    outbox.done.push(effect.name)
    if (owing.length > 0) await keep(owing)
  }
}

async function keepingIfSlow<Value>(work: Promise<Value>, keep: () => Promise<void>): Promise<Value> {
  let kept: Promise<void> | undefined
  const timer = setTimeout(() => {
    kept = keep()
    // Thrown below, when the work has ended.
    kept.catch(() => {})
  }, SLOW)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    await kept
  }
}

async function runOne(
  app: App,
  effect: Job<unknown>,
  payload: unknown,
  task: Task,
  chance: Chance,
): Promise<Owed[]> {
  try {
    await effect.run(app, effect.payload.parse(payload), task)
    return []
  } catch (error) {
    if (error instanceof Drop) return []
    app.log.warn(
      { err: error, effect: effect.name, job: task.id },
      'an effect failed and is tried again by itself',
    )
    const at = afterFailure(1, app.now(), chance)
    return [{ ...owed(app.now(), effect, payload, { at }), failures: 1 }]
  }
}
