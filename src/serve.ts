import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { App } from '#app.ts'
import { seedRoles } from '#auth/roles.ts'
import { isSetUp, setUp } from '#auth/set-up.ts'
import { ensureDomain } from '#instance/domains.ts'
import type { Config } from '#platform/config.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { OpenServer, ServerOptions } from '#platform/http/server.ts'
import { openServer } from '#platform/http/server.ts'
import { trimAfterStart } from '#platform/memory.ts'
import { watchNews } from '#platform/news.ts'
import { openSecrets } from '#platform/server-secrets.ts'
import { openPart } from './open-parts.ts'
import { openSite } from './open-site.ts'
import { remembered } from './remembered.ts'
import { hubOf } from './streaming/hub.ts'
import { openWebSockets } from './streaming/web-socket.ts'

/** How long running work may take to end after a stop signal, in ms. */
const GRACE_MS = 25_000

/** Serves until a stop signal: the web thread here, the work thread beside it. Resolves when both have ended. */
export async function serve(config: Config, print: (line: string) => void): Promise<void> {
  const secrets = openSecrets(config)
  const turn = new SharedArrayBuffer(4)
  const full: Config = { ...config, vapid: secrets.vapid }
  const part = await openPart({ name: 'web', config: full, turn })
  const { app, log } = part
  await migrate(part.database)
  await part.holdWriter()
  await app.inTransaction(seedRoles)
  await ensureDomain(app)
  await setUpFromEnvironment(app)
  for (const warning of config.warnings) log.warn(warning)
  const site = openSite(app, { setupCode: secrets.setupCode })
  const servers = await openServers(app, (request, env) => site.fetch(request, env))
  announce(app, config, secrets.setupCode, servers[0]?.port ?? null, print)
  const worker = startWorkThread(full, turn, (error) => {
    log.fatal({ err: error }, 'the work thread ended; stopping so that the service manager starts anew')
    process.exit(1)
  })
  const stopWatching = watchNews(app, () => forgetWhatIsRemembered(app))
  trimAfterStart()
  await untilToldToStop()
  stopWatching()
  log.info('stopping')
  hubOf(app).close()
  await Promise.all([...servers.map((each) => each.close(GRACE_MS)), worker.stop()])
  await part.close()
}

/** Listens where the settings say: pages, API and streams on one port, and the same on a second where proxies want one. */
async function openServers(app: App, fetch: ServerOptions['fetch']): Promise<OpenServer[]> {
  const { config, log } = app
  const { listen, tls } = config
  const common = {
    fetch,
    log,
    trusted: config.trustedProxies,
    tls: tls && readCertificate(tls),
    onUpgrade: openWebSockets(app),
  }
  const first = listen.kind === 'port' ? listen : { socket: listen.path }
  const servers = [await openServer({ ...common, listen: first })]
  if (config.streamingPort !== undefined) {
    const host = listen.kind === 'port' ? listen.host : '127.0.0.1'
    servers.push(await openServer({ ...common, listen: { host, port: config.streamingPort } }))
  }
  if (tls) process.on('SIGHUP', () => renew(servers, tls, log))
  return servers
}

function readCertificate({ certFile, keyFile }: NonNullable<Config['tls']>) {
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}

/** Takes the renewed certificate; one that cannot be used leaves the old one standing. */
function renew(servers: OpenServer[], files: NonNullable<Config['tls']>, log: Logger): void {
  try {
    const renewed = readCertificate(files)
    for (const server of servers) server.renew(renewed)
    log.info({ certificate: files.certFile }, 'took the renewed certificate')
  } catch (err) {
    log.error({ err, certificate: files.certFile }, 'kept the old certificate: the new one cannot be used')
  }
}

/** A command changed the data behind our back: everything that is kept in memory is read again, in every thread. */
function forgetWhatIsRemembered(app: App): void {
  for (const topic of remembered) app.events.publish(topic, null)
}

async function setUpFromEnvironment(app: App): Promise<void> {
  const { config } = app
  if (isSetUp(app) || !config.domainGiven || !config.ownerUsername || !config.ownerPassword) return
  await setUp(app, {
    domain: config.localDomain,
    audience: config.registrations ?? 'me',
    ownerName: config.ownerUsername,
    password: config.ownerPassword,
    email: config.ownerEmail,
    mediaBudget: config.mediaBudget,
  })
}

function announce(
  app: App,
  config: Config,
  code: string,
  port: number | null,
  print: (line: string) => void,
) {
  const scheme = config.tls ? 'https' : 'http'
  const place = config.listen.kind === 'socket' ? config.listen.path : `${scheme}://localhost:${port}`
  if (isSetUp(app)) return print(`Hyrax serves ${app.domains.all()[0]?.origin} on ${place}`)
  print(`Finish setup: ${config.listen.kind === 'socket' ? config.publicOrigin : place}/setup?code=${code}`)
}

function startWorkThread(config: Config, turn: SharedArrayBuffer, failed: (error: unknown) => void) {
  // The copy sent to the thread cannot carry functions; where values come from is only asked here.
  const worker = new Worker(new URL(import.meta.resolve('./main.ts')), {
    workerData: { config, turn },
    // Deliveries and intake make little garbage at a time; a small nursery keeps the thread light.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  })
  let stopping = false
  worker.on('error', failed)
  worker.on('exit', (code) => {
    if (!stopping) failed(new Error(`exit code ${code}`))
  })
  return {
    stop: () =>
      new Promise<void>((resolve) => {
        stopping = true
        worker.once('exit', () => resolve())
        worker.postMessage('stop')
        setTimeout(() => void worker.terminate(), GRACE_MS).unref()
      }),
  }
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve()
        // A second signal means now.
        process.once(signal, () => process.exit(130))
      })
    }
  })
}
