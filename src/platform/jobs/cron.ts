import { createHash } from 'node:crypto'
import type { App } from '#app.ts'
import { HOUR, MINUTE } from '../times.ts'
import type { CronEntry } from './declare.ts'

/** How long a run is believed to go on without a word, in ms; it is renewed while it does. */
const LOCK = 5 * MINUTE
const RENEW_AFTER = MINUTE
const DAILY_SPREAD = 30 * MINUTE
const FIRST_SPREAD = 5 * MINUTE
const RETRY_AFTER_FAILURE = HOUR
/** Heavy daily work at once; what runs every few minutes does not wait for it. */
const DAILY_AT_ONCE = 2

/** A number in [0, 1) that is always the same for one install and entry, so that servers do not all act at 03:30. */
export function installShare(seed: string, name: string): number {
  return createHash('sha256').update(`${seed}\n${name}`).digest().readUInt32BE(0) / 2 ** 32
}

/** When an entry runs next, in ms since 1970: `at` is the next such local time of day, up to half an hour later by install. */
export function nextRun(when: CronEntry['when'], started: number, now: number, share: number): number {
  if ('every' in when) return Math.max(started + when.every, now)
  const [hours = 0, minutes = 0] = when.at.split(':').map(Number)
  const day = new Date(now)
  for (;;) {
    day.setHours(hours, minutes, 0, 0)
    const at = day.getTime() + Math.floor(share * DAILY_SPREAD)
    if (at > now) return at
    day.setDate(day.getDate() + 1)
  }
}

/** When an entry that never ran does so for the first time. */
export function firstRun(when: CronEntry['when'], now: number, share: number): number {
  if ('every' in when) return now + Math.floor(share * Math.min(when.every, FIRST_SPREAD))
  return nextRun(when, now, now, share)
}

export type CronOptions = { app: App; entries: readonly CronEntry[]; seed: string; holder: string }
type Run = { entry: CronEntry; renewed: number; done: Promise<void> }

/** Runs the clock page: each entry in one process at a time, missed runs once. */
export class Cron {
  readonly #app: App
  readonly #entries: Map<string, CronEntry>
  readonly #seed: string
  readonly #holder: string
  readonly #running = new Map<string, Run>()
  #known = false

  constructor({ app, entries, seed, holder }: CronOptions) {
    this.#app = app
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]))
    this.#seed = seed
    this.#holder = holder
  }

  /** Starts what is due and does not wait for it. */
  async tick(): Promise<void> {
    if (this.#entries.size === 0) return
    if (!this.#known) await this.#enter()
    this.#known = true
    await this.#renew()
    const now = this.#app.now()
    const due = await this.#app.db
      .selectFrom('cron')
      .select('name')
      .where('next_at', '<=', now)
      .where('locked_until', '<=', now)
      .orderBy('next_at')
      .execute()
    for (const { name } of due) {
      const entry = this.#entries.get(name)
      if (entry && this.#hasRoom(entry)) await this.#start(entry)
    }
  }

  /** Waits for the runs under way. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map((run) => run.done))
  }

  #hasRoom(entry: CronEntry): boolean {
    if (this.#running.has(entry.name)) return false
    if ('every' in entry.when) return true
    return [...this.#running.values()].filter((run) => 'at' in run.entry.when).length < DAILY_AT_ONCE
  }

  async #enter(): Promise<void> {
    const now = this.#app.now()
    const rows = [...this.#entries.values()].map(({ name, when }) => {
      const next_at = firstRun(when, now, installShare(this.#seed, name))
      return {
        name,
        next_at,
        last_start: null,
        last_ok: null,
        last_error: null,
        locked_by: null,
        locked_until: 0,
      }
    })
    await this.#app.inTransaction(async (tx) => {
      for (const row of rows) {
        // An entry that was moved to an earlier time must not wait for the old one.
        await tx.db
          .insertInto('cron')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .column('name')
              .doUpdateSet({ next_at: row.next_at })
              .where('cron.next_at', '>', row.next_at)
              .where('cron.last_start', 'is not', null),
          )
          .execute()
      }
    })
  }

  async #start(entry: CronEntry): Promise<void> {
    const started = this.#app.now()
    const taken = await this.#app.inTransaction((tx) =>
      tx.db
        .updateTable('cron')
        .set({ locked_by: this.#holder, locked_until: started + LOCK, last_start: started })
        .where('name', '=', entry.name)
        .where('next_at', '<=', started)
        .where('locked_until', '<=', started)
        .returning('name')
        .execute(),
    )
    if (taken.length === 0) return
    const done = this.#run(entry, started).finally(() => this.#running.delete(entry.name))
    this.#running.set(entry.name, { entry, renewed: started, done })
  }

  async #run(entry: CronEntry, started: number): Promise<void> {
    let fault: string | null = null
    try {
      await entry.run(this.#app)
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
      this.#app.log.error({ err: error, entry: entry.name }, 'a scheduled run failed')
    }
    try {
      await this.#end(entry, started, fault)
    } catch (error) {
      this.#app.log.error({ err: error, entry: entry.name }, 'a scheduled run could not be written down')
    }
  }

  async #end(entry: CronEntry, started: number, fault: string | null): Promise<void> {
    const now = this.#app.now()
    const regular = nextRun(entry.when, started, now, installShare(this.#seed, entry.name))
    const next_at = fault === null ? regular : Math.min(regular, now + RETRY_AFTER_FAILURE)
    const told = fault === null ? { last_ok: now, last_error: null } : { last_error: fault.slice(0, 500) }
    await this.#app.inTransaction(async (tx) => {
      await tx.db
        .updateTable('cron')
        .set({ ...told, next_at, locked_by: null, locked_until: 0 })
        .where('name', '=', entry.name)
        .where('locked_by', '=', this.#holder)
        .execute()
    })
  }

  async #renew(): Promise<void> {
    const now = this.#app.now()
    const old = [...this.#running.values()].filter((run) => now - run.renewed >= RENEW_AFTER)
    if (old.length === 0) return
    for (const run of old) run.renewed = now
    await this.#app.inTransaction(async (tx) => {
      await tx.db
        .updateTable('cron')
        .set({ locked_until: now + LOCK })
        .where('locked_by', '=', this.#holder)
        .where(
          'name',
          'in',
          old.map((run) => run.entry.name),
        )
        .execute()
    })
  }
}
