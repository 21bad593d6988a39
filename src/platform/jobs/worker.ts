import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { App } from '#app.ts'
import { prepared } from '../database/prepared.ts'
import { SECOND } from '../times.ts'
import { Cron } from './cron.ts'
import type { Consequence, CronEntry, Job, QueueName } from './declare.ts'
import { queues as allQueues } from './declare.ts'
import type { Chance } from './lanes.ts'
import { claim, usualLimits } from './queue-claim.ts'
import type { Finished, Outcome } from './queue-finish.ts'
import { finish } from './queue-finish.ts'
import { WORK_TOPIC } from './queue-put.ts'
import { queueRules } from './queue-rules.ts'
import { isSuspect, recoverAll, runTimer } from './queue-timer.ts'
import type { Runners } from './run-job.ts'
import { gatherRunners, runJob } from './run-job.ts'
import type { JobRow } from './tables.ts'

export type WorkerOptions = {
  app: App
  jobs: readonly Job<unknown>[]
  consequences: readonly Consequence[]
  cron: readonly CronEntry[]
  /** The queues this process works on; all when left out. */
  queues?: readonly QueueName[]
  /** How many jobs of a queue run at once, where it differs from the rules. */
  concurrency?: Partial<Record<QueueName, number>>
  /** How many jobs of all queues together run at once; 50 when left out. */
  hands?: number
  log?: Logger
  /** Nobody else works on this database: whatever counts as running is left from a crash and starts again at once. */
  alone?: boolean
  /** Spreads what happens daily; the first hosted domain when left out. */
  seed?: string
  /** How long `stop` waits for what runs, in ms. */
  patience?: number
  chance?: Chance
}

export type Worker = {
  start(): void
  /** Takes nothing new, waits for what runs (at most `patience`), puts the rest back. */
  stop(): Promise<void>
  /** Runs what is due now, once, one after another; answers how many jobs that were. For tests. */
  runOnce(): Promise<number>
  /** Runs what is due, and what that brings, until nothing is. For tests. */
  drain(): Promise<void>
  /** Runs the entries of the clock page that are due, to their end. For tests. */
  runCron(): Promise<void>
  /** Looks for work now, in one queue or all. */
  wake(queue?: QueueName): void
}

/** Opens a worker; nothing runs before `start`. */
export function openWorker(options: WorkerOptions): Worker {
  return new JobWorker(options)
}

const TICK = SECOND
const PATIENCE = 20 * SECOND
/** Jobs of all queues together that run at once, unless told: below the sum, so that the weights have something to say. */
const HANDS = 50
const EVERY_EIGHTH = 8
/** Jobs that end within so many ms are handed in together, or as soon as they are so many or nothing else runs. */
const GATHERED_MS = 5
const GATHERED = 32

type Peek = { queue: string | null }

const readyQueues = prepared<{ now: number }, Peek>(
  (_db, { now }) =>
    sql<Peek>`select distinct queue from lane where ready_at is not null and ready_at <= ${now}`,
)
const timersDue = prepared<{ now: number }, { due: number }>(
  (_db, { now }) => sql<{ due: number }>`select 1 as due where
    exists (select 1 from job where state = 1 and state <> 0 and run_at <= ${now})
    or exists (select 1 from job where state = 2 and state <> 0 and run_at <= ${now})`,
)

type Running = { job: JobRow; stop: AbortController; abandoned: boolean }

class JobWorker implements Worker {
  readonly #app: App
  readonly #log: Logger
  readonly #runners: Runners
  readonly #cron: Cron
  readonly #queues: readonly QueueName[]
  readonly #concurrency: Record<QueueName, number>
  readonly #alone: boolean
  readonly #patience: number
  readonly #hands: number
  readonly #chance: Chance
  readonly #running = new Set<Running>()
  readonly #hungry = new Set<QueueName>()
  readonly #credit = new Map<QueueName, number>()
  #finished: Finished[] = []
  #pumping: Promise<void> | null = null
  #ticking: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  /** Runs while what has ended waits for others to end too. */
  #gathering: NodeJS.Timeout | undefined
  #unsubscribe: () => void = () => {}
  #claims = 0
  #open = false

  constructor(options: WorkerOptions) {
    this.#app = options.app
    this.#log = options.log ?? options.app.log
    this.#chance = options.chance ?? Math.random
    this.#runners = gatherRunners(options.jobs, options.consequences, this.#chance)
    this.#queues = options.queues ?? allQueues
    this.#alone = options.alone ?? false
    this.#patience = options.patience ?? PATIENCE
    this.#hands = options.hands ?? HANDS
    const usual = Object.fromEntries(allQueues.map((queue) => [queue, queueRules[queue].concurrency]))
    this.#concurrency = { ...usual, ...options.concurrency } as Record<QueueName, number>
    const seed = options.seed ?? options.app.domains.all()[0]?.name ?? ''
    this.#cron = new Cron({ app: options.app, entries: options.cron, seed, holder: randomUUID() })
  }

  start(): void {
    if (this.#open) return
    this.#open = true
    this.#unsubscribe = this.#app.events.subscribe(WORK_TOPIC, (queue) => this.wake(asQueue(queue)))
    this.#timer = setInterval(() => this.#tick(), TICK)
    this.#ticking = this.#begin().finally(() => {
      this.#ticking = null
      this.wake()
    })
  }

  async #begin(): Promise<void> {
    try {
      if (this.#alone) await recoverAll(this.#app)
    } catch (error) {
      this.#log.error({ err: error }, 'the jobs left by a crash could not be taken back yet')
    }
  }

  wake(queue?: QueueName): void {
    if (!this.#open) return
    for (const each of queue ? [queue] : this.#queues) if (this.#queues.includes(each)) this.#hungry.add(each)
    this.#pump()
  }

  #tick(): void {
    if (this.#ticking || !this.#open) return
    this.#ticking = this.#look()
      .catch((error) => this.#log.error({ err: error }, 'the worker could not look for work'))
      .finally(() => {
        this.#ticking = null
      })
  }

  /** Reads first and writes only if something is due: an idle server leaves the write lock alone. */
  async #look(): Promise<void> {
    const now = this.#app.now()
    if ((await timersDue(this.#app, { now })).length > 0) await runTimer(this.#app)
    for (const { queue } of await readyQueues(this.#app, { now })) this.wake(asQueue(queue))
    if (this.#finished.length > 0) this.#pump()
    await this.#cron.tick()
  }

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = this.#turns().then((written) => {
      this.#pumping = null
      if (written && this.#hasWork()) this.#pump()
    })
  }

  #hasWork(): boolean {
    return (this.#finished.length > 0 && !this.#gathering) || this.#wants().length > 0
  }

  /** False when the database refused: then the next tick tries again. */
  async #turns(): Promise<boolean> {
    do {
      // What ends within the same turn of the event loop is written together.
      await new Promise((resolve) => setImmediate(resolve))
      if (!(await this.#turn())) return false
    } while (this.#hasWork())
    return true
  }

  /** One transaction: hands in what ended, takes what there are hands for. */
  async #turn(): Promise<boolean> {
    const handed = this.#gathered()
    const wants = inWeightedOrder(this.#wants(), this.#credit)
    for (const { queue } of wants) this.#hungry.delete(queue)
    if (handed.length === 0 && wants.length === 0) return true
    try {
      const taken = await this.#app.inTransaction(async (tx) => {
        await finish(tx, handed, this.#chance)
        return this.#take(tx, wants)
      })
      if (handed.some(({ job }) => isSuspect(job))) this.#tick()
      for (const job of taken) {
        // Where something was, there may be more.
        this.#hungry.add(job.queue as QueueName)
        void this.#run(job)
      }
      return true
    } catch (error) {
      this.#log.error({ err: error }, 'the worker could not write; it tries again in a second')
      this.#finished.unshift(...handed)
      for (const { queue } of wants) this.#hungry.add(queue)
      return false
    }
  }

  async #take(tx: App, wants: { queue: QueueName; free: number }[]): Promise<JobRow[]> {
    const taken: JobRow[] = []
    for (const { queue, free } of wants) {
      const most = Math.min(free, this.#hands - this.#running.size - taken.length)
      if (most <= 0) {
        this.#hungry.add(queue)
        continue
      }
      this.#claims++
      const jobs = await claim(tx, queue, { ...usualLimits, most, inTurn: this.#claims % EVERY_EIGHTH === 0 })
      if (jobs.length > 0) this.#credit.set(queue, 0)
      taken.push(...jobs)
    }
    return taken
  }

  #wants(): { queue: QueueName; free: number }[] {
    if (!this.#open || this.#hungry.size === 0 || this.#running.size >= this.#hands) return []
    const busy = new Map<string, number>()
    for (const { job } of this.#running) busy.set(job.queue, (busy.get(job.queue) ?? 0) + 1)
    return [...this.#hungry]
      .map((queue) => ({ queue, free: this.#concurrency[queue] - (busy.get(queue) ?? 0) }))
      .filter(({ free }) => free > 0)
  }

  async #run(job: JobRow): Promise<void> {
    const running: Running = { job, stop: new AbortController(), abandoned: false }
    this.#running.add(running)
    const outcome = await runJob(this.#app, this.#runners, job, { stop: running.stop, chance: this.#chance })
    if (running.abandoned) return
    this.#running.delete(running)
    this.#hand(job, outcome)
  }

  #hand(job: JobRow, outcome: Outcome): void {
    this.#finished.push({ job, outcome })
    if (this.#finished.length >= GATHERED || this.#running.size === 0) this.#handIn()
    else this.#gathering ??= setTimeout(() => this.#handIn(), GATHERED_MS)
  }

  #handIn(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    this.#pump()
  }

  /** All that has ended, taken out: whoever writes anyway need not wait for more. Their queues may have more to do. */
  #gathered(): Finished[] {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    for (const { job } of this.#finished) this.#hungry.add(job.queue as QueueName)
    return this.#finished.splice(0)
  }

  async stop(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    clearInterval(this.#timer)
    this.#unsubscribe()
    await this.#ticking
    let isIdle = false
    void this.#cron.settle().then(() => {
      isIdle = true
    })
    const over = performance.now() + this.#patience
    while ((this.#running.size > 0 || this.#pumping || !isIdle) && performance.now() < over) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    for (const running of this.#running) {
      running.abandoned = true
      running.stop.abort(new Error('the server stops'))
      this.#finished.push({ job: running.job, outcome: { end: 'return' } })
    }
    this.#running.clear()
    await this.#pumping
    const rest = this.#gathered()
    if (rest.length > 0) await this.#app.inTransaction((tx) => finish(tx, rest, this.#chance))
  }

  async runOnce(): Promise<number> {
    await runTimer(this.#app)
    let count = 0
    for (const queue of this.#queues) {
      this.#claims++
      const inTurn = this.#claims % EVERY_EIGHTH === 0
      const jobs = await this.#app.inTransaction((tx) => claim(tx, queue, { ...usualLimits, inTurn }))
      const finished: Finished[] = []
      for (const job of jobs) {
        const stop = new AbortController()
        finished.push({
          job,
          outcome: await runJob(this.#app, this.#runners, job, { stop, chance: this.#chance }),
        })
      }
      if (jobs.length > 0) await this.#app.inTransaction((tx) => finish(tx, finished, this.#chance))
      count += jobs.length
    }
    return count
  }

  async drain(): Promise<void> {
    while ((await this.runOnce()) > 0);
  }

  async runCron(): Promise<void> {
    await this.#cron.tick()
    await this.#cron.settle()
  }
}

const asQueue = (word: unknown): QueueName | undefined => allQueues.find((queue) => queue === word)

/** Who waited longest for its weight asks first (smooth weighted round robin); `credit` is kept between calls. */
export function inWeightedOrder<W extends { queue: QueueName }>(
  wants: W[],
  credit: Map<QueueName, number>,
): W[] {
  for (const { queue } of wants) credit.set(queue, (credit.get(queue) ?? 0) + queueRules[queue].weight)
  return wants.sort((a, b) => (credit.get(b.queue) ?? 0) - (credit.get(a.queue) ?? 0))
}
