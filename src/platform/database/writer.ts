import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { toRun } from './sqlite-rows.ts'

/** How long one group of transactions may keep the event loop before the others get a turn, in milliseconds. */
const GROUP_MS = 4
const GROUP_SIZE = 256

/** Lets one thread of the process write at a time without blocking the others' event loops. */
export type WriteTurn = { acquire(): Promise<void>; release(): void }

/**
 * A turn shared by threads through one shared word of memory; fair enough for two of them. It only keeps the
 * threads from blocking each other inside SQLite, whose own lock decides: so after `patience` ms it is taken
 * all the same, in case the thread that had it is no more.
 */
export function shareTurn(memory: SharedArrayBuffer, patience = 10_000): WriteTurn {
  const word = new Int32Array(memory)
  return {
    async acquire() {
      if (Atomics.compareExchange(word, 0, 0, 1) === 0) return
      const until = performance.now() + patience
      // Waiting for shared memory does not keep a thread alive: at a stop its last writes would be forgotten.
      const alive = setInterval(() => {}, 1000)
      while (Atomics.compareExchange(word, 0, 0, 1) !== 0 && performance.now() < until) {
        const wait = Atomics.waitAsync(word, 0, 1, Math.min(1000, patience))
        if (wait.async) await wait.value
      }
      clearInterval(alive)
    },
    release() {
      Atomics.store(word, 0, 0)
      Atomics.notify(word, 0, 1)
    },
  }
}

type Waiting = {
  work: () => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Runs write transactions one after the other on the one writing connection and commits those that
 * wait together with one fsync (group commit). A promise settles only after its commit is on disk;
 * a transaction that throws is undone alone.
 */
export class Writer {
  readonly #database: DatabaseSync
  readonly #turn: WriteTurn
  readonly #waiting: Waiting[] = []
  readonly #steps: Record<'mark' | 'keep' | 'undo', StatementSync>
  #running = false

  constructor(database: DatabaseSync, turn: WriteTurn) {
    this.#database = database
    this.#turn = turn
    this.#steps = {
      mark: toRun(database.prepare('savepoint one')),
      keep: toRun(database.prepare('release one')),
      undo: toRun(database.prepare('rollback to one')),
    }
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      if (!this.#running) void this.#pump()
    })
  }

  /** Resolves when everything that waited has been committed or refused. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise((resolve) => setImmediate(resolve))
  }

  async #pump(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      await this.#turn.acquire()
      try {
        await this.#commitGroup()
      } finally {
        this.#turn.release()
      }
      // The event loop gets a turn between groups, so that a flood of writes cannot starve the readers.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#running = false
  }

  async #commitGroup(): Promise<void> {
    const done: (() => void)[] = []
    const failed: Waiting[] = []
    try {
      this.#database.exec('begin immediate')
      const until = performance.now() + GROUP_MS
      for (let n = 0; n < GROUP_SIZE && performance.now() < until; n++) {
        const next = this.#waiting.shift()
        if (!next) break
        failed.push(next)
        const settle = await this.#runOne(next)
        done.push(settle)
      }
      this.#database.exec('commit')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      const blamed = failed.length > 0 ? failed : this.#waiting.splice(0)
      for (const waiting of blamed) waiting.reject(error)
      return
    }
    for (const settle of done) settle()
  }

  async #runOne(waiting: Waiting): Promise<() => void> {
    const { mark, keep, undo } = this.#steps
    mark.run()
    try {
      const value = await waiting.work()
      keep.run()
      return () => waiting.resolve(value)
    } catch (error) {
      // A full or failing disk undoes the whole group by itself: then this error is the one to tell everybody.
      if (!this.#database.isTransaction) throw error
      undo.run()
      keep.run()
      return () => waiting.reject(error)
    }
  }
}
