import { pino } from 'pino'
import type { App, JobOptions, Tables } from '#app.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { Database } from '#platform/database/open.ts'
import { openIds } from '#platform/ids.ts'
import type { Consequence, Happening, Job } from '#platform/jobs/declare.ts'
import { openEffects } from '#platform/jobs/happen.ts'
import { put } from '#platform/jobs/queue-put.ts'
import type { JobRow, LaneRow } from '#platform/jobs/tables.ts'
import { openPubSub } from '#platform/pubsub.ts'
import type { DatabaseName } from './databases.ts'
import { freshDatabase } from './databases.ts'

export type BareApp = {
  app: App
  database: Database<Tables>
  clock: { now: number; advance(ms: number): void }
  later<P>(job: Job<P>, payload: P, options?: JobOptions): Promise<void>
  jobs(): Promise<JobRow[]>
  lane(lane: string, queue?: string): Promise<LaneRow | undefined>
  close(): Promise<void>
}

/** An app with database, clock, jobs and effects, and nothing social: for the tests of the ground floor. */
export async function bareApp(name: DatabaseName, consequences: Consequence[] = []): Promise<BareApp> {
  const { database, drop } = await freshDatabase(name, 'bare', async (fresh) => void (await migrate(fresh)))
  const advance = (ms: number) => {
    clock.now += ms
  }
  const clock = { now: Date.UTC(2026, 5, 1, 12), advance }
  const app = joinApp(database, clock, consequences)
  return {
    app,
    database,
    clock,
    later: (job, payload, options) => app.inTransaction((tx) => tx.later(job, payload, options)),
    jobs: () => app.db.selectFrom('job').selectAll().orderBy('id').execute(),
    lane: (lane, queue = 'deliver') =>
      app.db
        .selectFrom('lane')
        .selectAll()
        .where('lane', '=', lane)
        .where('queue', '=', queue)
        .executeTakeFirst(),
    close: drop,
  }
}

function joinApp(database: Database<Tables>, clock: { now: number }, consequences: Consequence[]): App {
  const ids = openIds()
  const now = () => clock.now
  const events = openPubSub('')
  const effects = openEffects(consequences)
  const outside = async () => {
    throw new Error('outside of a transaction')
  }
  const app = {
    db: database.db,
    dialect: database.dialect,
    log: pino({ level: 'silent' }),
    events,
    domains: { all: () => [] },
    now,
    newId: () => ids.next(now()),
    emit: outside,
    later: outside,
    afterCommit: (work: () => void) => work(),
    async inTransaction<T>(work: (tx: App) => Promise<T>): Promise<T> {
      let after: (() => void)[] = []
      const value = await database.write((db) => {
        after = []
        return work(transactionApp(db, after))
      })
      for (const each of after) each()
      return value
    },
  } as unknown as App
  const transactionApp = (db: App['db'], after: (() => void)[]): App => {
    const tx: App = {
      ...app,
      db,
      inTransaction: (work) => work(tx),
      emit: <P>(happening: Happening<P>, payload: P) => effects.emit(tx, happening, payload, app),
      later: (job, payload, options) => put(tx, job, payload, options),
      afterCommit: (work) => void after.push(work),
    }
    return tx
  }
  return app
}
