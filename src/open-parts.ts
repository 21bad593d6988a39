import type { Logger } from 'pino'
import type { App, Tables } from '#app.ts'
import type { Config } from '#platform/config.ts'
import type { Database } from '#platform/database/open.ts'
import { openDatabase } from '#platform/database/open.ts'
import { openHttpClient } from '#platform/http-client.ts'
import { holdWriter } from '#platform/id-writers.ts'
import { openIds } from '#platform/ids.ts'
import { openLog } from '#platform/log.ts'
import { MISSED, openPubSub } from '#platform/pubsub.ts'
import { version } from '#platform/version.ts'
import { openFediverse } from './federation/fetch/fetch.ts'
import { openApp } from './open-app.ts'
import { remembered } from './remembered.ts'

export type Part = {
  name: 'web' | 'work' | 'command'
  config: Config
  /** Shared by the threads of one process that write to one SQLite file. */
  turn?: SharedArrayBuffer
}

export type OpenedPart = {
  app: App
  database: Database<Tables>
  log: Logger
  /** Takes a number of its own for ids where other processes write too; once the database has its schema. */
  holdWriter(): Promise<void>
  close(): Promise<void>
}

const writers = { web: 0, work: 1, command: 2 }

/** Opens what one thread needs on the configured database: log, client, messages, app. */
export async function openPart({ name, config, turn }: Part): Promise<OpenedPart> {
  const log = openLog({ level: name === 'command' ? 'warn' : config.logLevel, base: { part: name } })
  const choice = config.database.kind === 'sqlite' && turn ? { ...config.database, turn } : config.database
  const database = await openDatabase<Tables>(choice)
  const events = openPubSub('hyrax', database.wire)
  const http = openHttpClient({
    allowedPrivateAddresses: config.allowedPrivateAddresses,
    allowHttp: config.allowHttp,
    userAgent: `Hyrax/${version} (+${config.publicOrigin}/)`,
    maxSockets: config.maxRequestPoolSize,
    log,
  })
  const ids = openIds(writers[name])
  const app = openApp({ config, database, log, http, events, fediverse: openFediverse, ids })
  let held: Awaited<ReturnType<typeof holdWriter>> | undefined
  events.subscribe(MISSED, () => {
    for (const topic of remembered) events.tell(topic, null)
  })
  return {
    app,
    database,
    log,
    async holdWriter() {
      // The threads of the one process that has an SQLite database know each other.
      if (app.dialect.sharedByProcesses) held ??= await holdWriter(app, ids)
    },
    async close() {
      await held?.release().catch(() => {})
      http.close()
      await events.close()
      await database.close()
    },
  }
}
