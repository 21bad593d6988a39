import http from 'node:http'
import https from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import { isBadPort, judgeHost } from '#platform/addresses.ts'
import { type BodyLimits, readBody } from '#platform/http-client-body.ts'
import { asHttpFailure, HttpFailure } from '#platform/http-client-failure.ts'
import { guardLookup, openResolver } from '#platform/http-client-lookup.ts'
import { type Agents, openAgents, openGate } from '#platform/http-client-sockets.ts'

export type HeaderMap = Record<string, string>

/** One outgoing request; what is left out has the safe value. */
export type HttpRequest = {
  method: string
  url: string
  /** A function is asked again for every hop of a redirect, so that each can be signed for its own URL. */
  headers?: HeaderMap | ((url: URL) => HeaderMap | Promise<HeaderMap>)
  body?: Buffer | string
  /** Bound on the answer, received and decompressed, in bytes; 1 MiB. */
  maxBytes?: number
  /** Cut a longer answer at `maxBytes` instead of refusing it. */
  cut?: boolean
  /** For the whole exchange, redirects included, in ms; 15 s. */
  timeoutMs?: number
  /** How many are followed (at most 3); 3 for GET and HEAD, else 0. At 0 the redirect itself is the answer. */
  redirects?: number
  /** Requests with the same key share connections; without one all do. */
  agentKey?: string
  /** The keeper wrote this address into the settings: it may be private, and plain http. Never for what others say. */
  ofKeeper?: boolean
  /** Takes the body of a 200 or 206 piece by piece; `body` is then empty. */
  sink?: (chunk: Buffer) => void | Promise<void>
}

export type HttpAnswer = {
  status: number
  /** Names in lower case, repeated ones joined by a comma. */
  headers: HeaderMap
  body: Buffer
  /** Where the answer came from, after redirects. */
  url: string
}

export type HttpClient = {
  request(request: HttpRequest): Promise<HttpAnswer>
  /** Connections now kept open for reuse. */
  idleSockets(): number
  close(): void
}

export type HttpClientSettings = {
  allowedPrivateAddresses: readonly string[]
  allowHttp: boolean
  userAgent: string
  /** Exchanges at work at once (more wait their turn), and again as many idle connections. */
  maxSockets: number
  log: { info(fields: object, message: string): void }
  /** Stands in for the system's resolver. */
  lookup?: (hostname: string) => Promise<string[]>
  /** Certificates (PEM) to trust instead of the public authorities. */
  ca?: string
  connectTimeoutMs?: number
}

type Hop = { request: HttpRequest; url: URL; method: string; headers: HeaderMap; deadline: number }
type Opened = HttpClientSettings & { agentsOf(key: string): Agents; lookupGuarded: LookupFunction }

const DEFAULT_MAX_BYTES = 1024 * 1024
const DEFAULT_TIMEOUT_MS = 15_000
const CONNECT_TIMEOUT_MS = 5_000
const MAX_REDIRECTS = 3
const EMPTY = Buffer.alloc(0)
const EVERYWHERE = ['0.0.0.0/0', '::/0']
/** Connections to services of the keeper are shared with nothing else. */
const KEEPERS = 'services of the keeper'

/**
 * Opens the one outgoing HTTP client: public addresses only, each connection made to an address that was
 * checked, bounded in size and time. Proxies named by the environment are ignored. Throws HttpFailure, or what
 * a caller's own `headers` or `sink` threw.
 */
export function openHttpClient(settings: HttpClientSettings): HttpClient {
  const idle = new Set<Socket>()
  const pools = new Map<string, Agents>()
  const agentsOf = (key: string) => {
    let agents = pools.get(key)
    if (!agents) {
      agents = openAgents(settings.maxSockets, settings.ca, idle)
      pools.set(key, agents)
    }
    return agents
  }
  const resolve = settings.lookup ?? openResolver()
  const lookupGuarded = guardLookup(resolve, settings.allowedPrivateAddresses)
  const opened: Opened = { ...settings, agentsOf, lookupGuarded }
  const trusting: Opened = {
    ...settings,
    allowHttp: true,
    allowedPrivateAddresses: EVERYWHERE,
    agentsOf: () => agentsOf(KEEPERS),
    lookupGuarded: guardLookup(resolve, EVERYWHERE),
  }
  const gate = openGate(settings.maxSockets)
  let isClosed = false
  return {
    idleSockets: () => idle.size,
    close() {
      isClosed = true
      for (const agents of pools.values()) {
        agents.http.destroy()
        agents.https.destroy()
      }
    },
    async request(request) {
      if (isClosed) throw new HttpFailure('closed', '')
      try {
        return await gate(() => follow(request.ofKeeper ? trusting : opened, request))
      } catch (error) {
        if (error instanceof HttpFailure && error.isGuarded) {
          settings.log.info({ reason: error.reason, host: error.host }, 'outgoing request refused')
        }
        throw error
      }
    },
  }
}

async function follow(opened: Opened, request: HttpRequest): Promise<HttpAnswer> {
  const deadline = performance.now() + (request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const method = request.method.toUpperCase()
  const isRead = method === 'GET' || method === 'HEAD'
  const most = Math.min(request.redirects ?? (isRead ? MAX_REDIRECTS : 0), MAX_REDIRECTS)
  const seen = new Set<string>()
  let url = checkedUrl(opened, request.url)
  for (;;) {
    seen.add(url.origin + url.pathname + url.search)
    const headers = await headersFor(opened, request, url, seen.size === 1)
    const answer = await exchange(opened, { request, url, method, headers, deadline })
    const target = most > 0 ? redirectTarget(answer, isRead) : null
    if (target === null) return answer
    const next = checkedUrl(opened, target, url)
    const isDowngrade = url.protocol === 'https:' && next.protocol === 'http:'
    if (seen.size > most || isDowngrade || seen.has(next.origin + next.pathname + next.search)) {
      throw new HttpFailure('redirect', url.host)
    }
    url = next
  }
}

// A POST is repeated elsewhere only where the answer says so (307, 308); never turned into a GET.
function redirectTarget(answer: HttpAnswer, isRead: boolean): string | null {
  const codes = isRead ? [301, 302, 303, 307, 308] : [307, 308]
  const location = codes.includes(answer.status) ? answer.headers.location : undefined
  // Node reads headers as Latin-1; servers write unescaped UTF-8.
  return location === undefined ? null : Buffer.from(location, 'latin1').toString('utf8')
}

function checkedUrl(opened: Opened, raw: string, base?: URL): URL {
  // The URL parser drops line ends and trims spaces: what reaches the wire must be what was checked.
  if (/[^\u0021-\uffff]|\u007f/.test(raw) || raw.length > 8192) throw new HttpFailure('url', '')
  const url = URL.parse(raw, base?.href)
  if (!url) throw new HttpFailure('url', '')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && opened.allowHttp)) {
    throw new HttpFailure('scheme', url.host)
  }
  if (url.username !== '' || url.password !== '') throw new HttpFailure('url', url.host)
  if (url.port !== '' && isBadPort(Number(url.port))) throw new HttpFailure('port', url.host)
  const verdict = judgeHost(url.hostname, opened.allowedPrivateAddresses)
  if (verdict.kind === 'refused') throw new HttpFailure(verdict.reason, url.host)
  return url
}

// What proves who we are was meant for the first URL only.
const FIRST_HOP_ONLY = new Set(['authorization', 'cookie', 'signature', 'signature-input', 'date'])

async function headersFor(opened: Opened, request: HttpRequest, url: URL, isFirst: boolean) {
  const given = typeof request.headers === 'function' ? await request.headers(url) : (request.headers ?? {})
  const headers: HeaderMap = { host: url.host, 'user-agent': opened.userAgent }
  if (request.body === undefined) headers['accept-encoding'] = 'gzip, br'
  for (const name in given) {
    const lower = name.toLowerCase()
    const isStale = !isFirst && typeof request.headers !== 'function' && FIRST_HOP_ONLY.has(lower)
    if (lower !== 'host' && !isStale) headers[lower] = given[name] ?? ''
  }
  return headers
}

// A kept connection may be closed by the other side in the moment we use it: that says nothing about the
// host, so the request is sent again on a new one. One retry, after every idle connection to it is dropped.
async function exchange(opened: Opened, hop: Hop): Promise<HttpAnswer> {
  const agents = opened.agentsOf(hop.request.agentKey ?? '')
  const agent = hop.url.protocol === 'https:' ? agents.https : agents.http
  const first = await attempt(opened, agent, hop)
  if (first !== 'stale') return first
  const { host, port } = targetOf(hop.url)
  for (const [name, sockets = []] of Object.entries(agent.freeSockets)) {
    if (name.startsWith(`${host}:${port}:`)) for (const socket of sockets) socket.destroy()
  }
  const second = await attempt(opened, agent, hop)
  if (second === 'stale') throw new HttpFailure('reset', hop.url.host)
  return second
}

function targetOf(url: URL) {
  return {
    protocol: url.protocol,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
  }
}

function attempt(opened: Opened, agent: http.Agent, hop: Hop): Promise<HttpAnswer | 'stale'> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer | 'stale'>()
  const { url, request } = hop
  const outgoing = prepare(opened, agent, hop)
  let isAnswered = false
  const giveUp = (error: unknown) => {
    clearTimeout(total)
    outgoing.destroy()
    reject(error)
  }
  const fail = (error: unknown) => giveUp(asHttpFailure(error, url.host))
  const left = Math.max(1, Math.ceil(hop.deadline - performance.now()))
  const total = setTimeout(() => fail(new HttpFailure('timeout', url.host)), left)
  const connectMs = opened.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
  outgoing.on('socket', (socket) => {
    if (socket.connecting) limitConnect(socket, url, connectMs, fail)
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    const isLost = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    // Who answers before we have said everything may close at once: the answer's reader decides then.
    if (isLost && isAnswered) return
    if (!isLost || !outgoing.reusedSocket) return fail(error)
    clearTimeout(total)
    resolve('stale')
  })
  outgoing.on('close', () => {
    if (!isAnswered) fail(new HttpFailure('reset', url.host))
  })
  outgoing.on('response', (answer) => {
    isAnswered = true
    receive(answer, hop).then((result) => {
      clearTimeout(total)
      resolve(result)
    }, giveUp)
  })
  outgoing.end(request.body)
  return promise
}

function prepare(opened: Opened, agent: http.Agent, { url, method, headers }: Hop): http.ClientRequest {
  const send = url.protocol === 'https:' ? https.request : http.request
  const path = url.pathname + url.search
  try {
    return send({ ...targetOf(url), path, method, headers, agent, lookup: opened.lookupGuarded })
  } catch (error) {
    throw asHttpFailure(error, url.host)
  }
}

async function receive(answer: http.IncomingMessage, { request, url, method }: Hop): Promise<HttpAnswer> {
  const limits: BodyLimits = {
    maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES,
    cut: request.cut ?? false,
    sink: answer.statusCode === 200 || answer.statusCode === 206 ? request.sink : undefined,
  }
  if (method === 'HEAD') answer.resume()
  const body = method === 'HEAD' ? EMPTY : await readBody(answer, url.host, limits)
  const headers: HeaderMap = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return { status: answer.statusCode ?? 0, headers, body, url: url.href }
}

function limitConnect(socket: Socket, url: URL, connectMs: number, fail: (error: unknown) => void) {
  const timer = setTimeout(() => fail(new HttpFailure('timeout', url.host)), connectMs)
  const clear = () => clearTimeout(timer)
  socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', clear).once('close', clear)
}
