import { join } from 'node:path'
import type { Logger } from 'pino'
import type { App, Fediverse, JobOptions, Tables } from '#app.ts'
import { keepDomains } from '#instance/domains.ts'
import { openFiles } from '#platform/blobs/files.ts'
import type { Config } from '#platform/config.ts'
import type { Database } from '#platform/database/open.ts'
import type { HttpClient } from '#platform/http-client.ts'
import type { IdSource } from '#platform/ids.ts'
import { openIds } from '#platform/ids.ts'
import type { Happening, Job } from '#platform/jobs/declare.ts'
import { openEffects } from '#platform/jobs/happen.ts'
import { put } from '#platform/jobs/queue-put.ts'
import type { PubSub } from '#platform/pubsub.ts'
import { consequences } from './effects.ts'

export type AppParts = {
  config: Config
  database: Database<Tables>
  log: Logger
  http: HttpClient
  events: PubSub
  /** Asks the network; needs the app itself. */
  fediverse(app: App): Fediverse
  /** The clock in ms; the machine's own when left out. */
  now?: () => number
  /** Which writer of ids this is, or the source they come from. */
  writer?: number
  ids?: IdSource
}

type AfterCommit = () => void | Promise<void>

/** Joins the parts into the App that every verb receives. */
export function openApp(parts: AppParts): App {
  const { config, database, log, http, events } = parts
  const now = parts.now ?? Date.now
  const ids = parts.ids ?? openIds(parts.writer ?? 0)
  const effects = openEffects(consequences)
  const base = {
    config,
    log,
    dialect: database.dialect,
    domains: keepDomains({ db: database.db, events }),
    http,
    blobs: openFiles(join(config.dataDirectory, 'media')),
    events,
    now,
    newId: () => ids.next(now()),
  }
  const outside = (word: string) => async () => {
    throw new Error(`app.${word} needs a transaction: call it inside app.inTransaction`)
  }
  const app: App = {
    ...base,
    db: database.db,
    fediverse: undefined as unknown as Fediverse,
    inTransaction: runTransaction,
    emit: outside('emit'),
    later: outside('later'),
    afterCommit: (work) => void work(),
  }
  app.fediverse = parts.fediverse(app)

  async function runTransaction<T>(work: (tx: App) => Promise<T>): Promise<T> {
    let after: AfterCommit[] = []
    const value = await database.write((db) => {
      after = []
      return work(transactionApp(db, after))
    })
    for (const each of after) await each()
    return value
  }

  function transactionApp(db: App['db'], after: AfterCommit[]): App {
    const tx: App = {
      ...base,
      db,
      fediverse: app.fediverse,
      inTransaction: (work) => work(tx),
      async emit<P>(happening: Happening<P>, payload: P) {
        await effects.emit(tx, happening, payload, app)
      },
      async later<P>(job: Job<P>, payload: P, options: JobOptions = {}) {
        await put(tx, job, payload, options)
      },
      afterCommit: (work) => void after.push(work),
    }
    return tx
  }

  return app
}
