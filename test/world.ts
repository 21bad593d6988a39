import { createHash } from 'node:crypto'
import type { Hono } from 'hono'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, Tables } from '#app.ts'
import { ownApplication } from '#auth/apps.ts'
import { createToken } from '#auth/tokens.ts'
import { userByAccount } from '#auth/users.ts'
import { ensureDomain } from '#instance/domains.ts'
import type { Config } from '#platform/config.ts'
import { readConfig } from '#platform/config.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { Database } from '#platform/database/open.ts'
import type { Site } from '#platform/http/facts.ts'
import type { HttpClient } from '#platform/http-client.ts'
import { openLog } from '#platform/log.ts'
import type { PubSub } from '#platform/pubsub.ts'
import { openPubSub } from '#platform/pubsub.ts'
import { openFediverse } from '../src/federation/fetch/fetch.ts'
import { openApp } from '../src/open-app.ts'
import { openSite } from '../src/open-site.ts'
import { startWorker } from '../src/start-worker.ts'
import type { Cast, Name } from './cast.ts'
import { bringCast, castOf, PASSWORD } from './cast.ts'
import type { DatabaseName, Fresh } from './databases.ts'
import { freshDatabase } from './databases.ts'
import { passwordHash } from './keys.ts'
import { closedNetwork } from './network.ts'

export { databases } from './databases.ts'

/** Where time stands when a world opens. */
export const START = Date.UTC(2026, 5, 1, 12)
export const SETUP_CODE = 'the-setup-code'

export type WorldOptions = {
  database?: DatabaseName
  /** The handle domain; `here.example` when left out. */
  domain?: string
  /** Answers outgoing requests; by default nobody is there. */
  http?: HttpClient
  /** False leaves the server as it is on its first start: no cast, not set up. */
  setUp?: boolean
  /** Settings as the environment gives them. */
  settings?: Record<string, string>
  /** Its messages reach other processes on its database. */
  shared?: boolean
  /** Opens on the database of this shared one, as another process would. */
  beside?: World
}

export type Answer = { status: number; headers: Headers; body: unknown; text: string }
type Sent = Record<string, unknown> | FormData | undefined
export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: Sent, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body?: Sent): Promise<Answer>
  patch(path: string, body?: Sent): Promise<Answer>
  delete(path: string): Promise<Answer>
}

export type World = {
  app: App
  site: Hono<Site>
  cast: Cast
  clock: { advance(ms: number): void }
  /** A client signed in as one of the cast, with every scope or those given. */
  as(who: Name | AccountRow, scopes?: string): Client
  anyone: Client
  /** Runs everything owed until nothing is due. */
  settle(): Promise<void>
  /** The database once more, for a world beside this one. */
  another: Fresh['another']
  close(): Promise<void>
}

function configFor(options: WorldOptions): Config {
  const domain = options.domain ?? 'here.example'
  const env = { LOCAL_DOMAIN: domain, RATE_LIMITS: 'off', HYRAX_DATA: '/nowhere', ...options.settings }
  return readConfig({ env, cwd: '/nowhere' })
}

type Setting = {
  config: Config
  now: () => number
  http: HttpClient
  events?: PubSub
  writer?: number
}

function openWorldApp(database: Database<Tables>, setting: Setting): App {
  const log = openLog({ level: 'silent' })
  return openApp({ events: openPubSub(''), ...setting, database, log, fediverse: openFediverse })
}

function openWorldDatabase(options: WorldOptions, setting: Setting): Promise<Fresh> {
  const { config } = setting
  const setUp = options.setUp ?? true
  const settings = createHash('sha1')
    .update(JSON.stringify(options.settings ?? {}))
    .digest('hex')
  const template = `${config.localDomain}-${config.webDomain}-${setUp}-${settings}`
  return freshDatabase(options.database ?? 'sqlite', template, async (database) => {
    await migrate(database)
    const app = openWorldApp(database, setting)
    await ensureDomain(app)
    if (setUp) await bringCast(app, await passwordHash(PASSWORD))
  })
}

/** Opens a server of its own with the cast, a given clock and no network but what `http` answers. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const time = { now: START }
  const config = configFor(options)
  const setting = { config, now: () => time.now, http: options.http ?? closedNetwork() }
  const { database, another, drop } = options.beside
    ? await openBeside(options.beside)
    : await openWorldDatabase(options, setting)
  // Ids of this world come after those of the template's.
  time.now += 1000
  const isShared = options.shared ?? options.beside !== undefined
  const events = openPubSub(isShared ? 'hyrax' : '', database.wire)
  const app = openWorldApp(database, { ...setting, events, writer: options.beside ? 3 : 0 })
  await app.domains.reload()
  const site = openSite(app, { setupCode: SETUP_CODE, checkAnswers: true })
  const worker = startWorker(app, { start: false })
  return {
    app,
    site,
    cast: options.setUp === false ? ({} as Cast) : await castOf(app),
    clock: { advance: (ms) => void (time.now += ms) },
    as: (who, scopes) => signedIn(app, site, who, scopes),
    anyone: clientOf(app, site, async () => ({})),
    settle: () => worker.drain(),
    another,
    async close() {
      await worker.stop()
      await events.close()
      await drop()
    },
  }
}

async function openBeside({ another }: World): Promise<Fresh> {
  const database = await another()
  return { database, another, drop: () => database.close() }
}

const EVERY_SCOPE = 'read write follow push profile'

function signedIn(app: App, site: Hono<Site>, who: Name | AccountRow, scopes = EVERY_SCOPE): Client {
  let token: Promise<string> | undefined
  const make = async () => {
    const account = typeof who === 'string' ? (await castOf(app))[who] : who
    const user = await userByAccount(app, account.id)
    const applicationId = (await ownApplication(app, 'hyrax-command-line')).id
    return createToken(app, { applicationId, userId: user?.id ?? null, scopes: scopes.split(' ') })
  }
  const identity = async () => {
    token ??= make()
    return { Authorization: `Bearer ${await token}` }
  }
  return clientOf(app, site, identity, typeof who === 'string' ? null : who.domain_id)
}

/** A client on the domain of this id; on the first where it is null. */
function clientOf(
  app: App,
  site: Hono<Site>,
  identity: () => Promise<Record<string, string>>,
  domainId: number | null = null,
): Client {
  const send = async (method: string, path: string, body?: Sent, extra: Record<string, string> = {}) => {
    const domain = (domainId === null ? undefined : app.domains.byId(domainId)) ?? app.domains.all()[0]
    const headers: Record<string, string> = {
      Host: domain?.web_host ?? 'localhost',
      ...(await identity()),
      ...extra,
    }
    const isForm = body instanceof FormData
    if (body !== undefined && !isForm) headers['Content-Type'] ??= 'application/json'
    const sent = isForm ? body : JSON.stringify(body)
    const init = { method, headers, ...(body === undefined ? {} : { body: sent }) }
    const answer = await site.request(`${domain?.origin}${path}`, init)
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson && text ? JSON.parse(text) : null,
      text,
    }
  }
  return {
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body = {}, headers) => send('POST', path, body, headers),
    put: (path, body = {}) => send('PUT', path, body),
    patch: (path, body = {}) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
  }
}
