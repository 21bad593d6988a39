import type { z } from 'zod'
import type { App } from '#app.ts'

/** The queues and what they are for; each has its own share of the worker. */
export const queues = ['local', 'deliver', 'ingest', 'mail', 'push', 'media', 'fetch', 'bulk'] as const
export type QueueName = (typeof queues)[number]

/** What a job may know about this run of itself. */
export type Task = {
  readonly id: number
  readonly lane: string
  /** The `outgoing` row with the body, for deliveries. */
  readonly ref: number | null
  /** Which run this is, from 1; grows with every crash too, so it says nothing about the job. */
  readonly attempts: number
  /** How often it failed by itself before. */
  readonly failures: number
  /** Fires when the time is up or the server stops: what goes on afterwards is not counted. */
  readonly signal: AbortSignal
}

/** Work that is owed: stored, tried again, safe to run twice. */
export type Job<Payload> = {
  readonly type: 'later'
  readonly name: string
  readonly queue: QueueName
  /** How often it is tried before it is put aside; deliveries are bounded by age instead. */
  readonly tries: number
  readonly payload: z.ZodType<Payload>
  /** Which lane of the queue it waits in; '' when all share one. */
  lane?(payload: Payload): string
  /**
   * Whether there can be anything to do: asked in the transaction of the happening, so it reads a row at most.
   * A happening that concerns none of its effects owes nothing.
   */
  concerns?(tx: App, payload: Payload): boolean | Promise<boolean>
  run(app: App, payload: Payload, task: Task): Promise<void>
}

/** Work done in the transaction of the happening itself. */
export type NowEffect<Payload> = {
  readonly type: 'now'
  readonly name: string
  run(app: App, payload: Payload): Promise<void>
}

/** Work done after the commit that may be lost in a crash (streams to sockets). */
export type LiveEffect<Payload> = {
  readonly type: 'live'
  readonly name: string
  run(app: App, payload: Payload): Promise<void> | void
}

export type Effect<Payload> = Job<Payload> | NowEffect<Payload> | LiveEffect<Payload>

/** Something that can happen, with the shape of what is known about it. */
export type Happening<Payload> = { readonly name: string; readonly payload: z.ZodType<Payload> }

/** Declares a job; the name is stored with waiting work, so it never changes. */
export function job<Payload>(declaration: Omit<Job<Payload>, 'type'>): Job<Payload> {
  return { type: 'later', ...declaration }
}

/** Declares an effect that must be true together with the happening. */
export function now<Payload>(declaration: Omit<NowEffect<Payload>, 'type'>): NowEffect<Payload> {
  return { type: 'now', ...declaration }
}

/** Declares an effect that only matters to those who watch at this moment. */
export function live<Payload>(declaration: Omit<LiveEffect<Payload>, 'type'>): LiveEffect<Payload> {
  return { type: 'live', ...declaration }
}

/** Declares something that can happen; see happenings.ts. */
export function event<Payload>(name: string, payload: z.ZodType<Payload>): Happening<Payload> {
  return { name, payload }
}

/** One line of the effects page: an effect may need only what the happening carries (checked by the compiler). */
export type Consequence = { happening: Happening<unknown>; effects: Effect<unknown>[] }

/** An effect that needs no more than this payload. A property, not a method: only then does the compiler refuse what needs more. */
type Fed<Payload> = {
  readonly type: Effect<unknown>['type']
  readonly name: string
  readonly run: (app: App, payload: Payload, task: Task) => Promise<void> | void
}

/** Says what follows from a happening. */
export function when<Payload>(happening: Happening<Payload>, effects: Fed<NoInfer<Payload>>[]): Consequence {
  return { happening, effects } as unknown as Consequence
}

/** One line of the clock page. `at` is a local time of day 'HH:MM' or `every` a span in ms; runs are never stacked. */
export type CronEntry = {
  name: string
  when: { every: number } | { at: string }
  run(app: App): Promise<void>
}

/** Says what runs by the clock. */
export function every(name: string, moment: CronEntry['when'], run: CronEntry['run']): CronEntry {
  return { name, when: moment, run }
}
