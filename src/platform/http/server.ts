import { chmod, unlink } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Logger } from 'pino'
import { maskSecrets } from '#platform/log.ts'
import { type Client, readClient } from './client-address.ts'
import { type Bindings, requestIdFrom } from './facts.ts'
import { isRefusedPath } from './router.ts'

export type Listening = { host?: string; port: number } | { socket: string; mode?: number }

/** What comes with a request to become a WebSocket. Whoever takes the socket keeps it until it closes. */
export type Upgrade = {
  incoming: IncomingMessage
  socket: Duplex
  head: Buffer
  client: Client
  requestId: string
}

export type ServerOptions = {
  /** The router's `fetch`. */
  fetch(request: Request, env: Bindings): Response | Promise<Response>
  listen: Listening
  log: Logger
  /** Proxies (addresses or CIDR blocks) whose word on the client counts; unix sockets are always trusted. */
  trusted: readonly string[]
  /** Our own certificate chain and key (PEM), when no proxy speaks TLS for us. */
  tls?: { cert: string; key: string } | undefined
  /** Takes WebSockets; without it upgrades are refused. */
  onUpgrade?(upgrade: Upgrade): void
  /** From how many ms on a request is warned about. */
  slowMs?: number
  times?: Partial<Times>
}

/** In ms: until the headers, a body and an upload must have arrived, and how long an idle connection is kept. */
export type Times = { headers: number; body: number; upload: number; idle: number }

export type OpenServer = {
  /** Where it listens: a port (useful after asking for 0), or null on a unix socket. */
  port: number | null
  server: Server | SecureServer
  /** Takes a renewed certificate for connections from now on; does nothing on a plain port. */
  renew(tls: { cert: string; key: string }): void
  /** Stops accepting, lets running requests finish for at most `graceMs` (25 s), then closes what is left. */
  close(graceMs?: number): Promise<void>
}

const USUAL_TIMES: Times = { headers: 25_000, body: 55_000, upload: 900_000, idle: 75_000 }
const MOST_HEADER = 16 * 1024

/** Listens and hands requests to the router; resolves once it accepts connections. */
export async function openServer(options: ServerOptions): Promise<OpenServer> {
  const times = { ...USUAL_TIMES, ...options.times }
  const state = { closing: false, upgraded: new Set<Duplex>() }
  const listener = listenerOf(options, times, state)
  const bounds = {
    maxHeaderSize: MOST_HEADER,
    headersTimeout: times.headers,
    // Bodies are timed one by one (an upload may take longer); this is the outer bound.
    requestTimeout: times.upload,
    connectionsCheckingInterval: Math.min(5000, times.headers),
    keepAliveTimeout: times.idle,
    noDelay: true,
  }
  const server = options.tls
    ? createSecureServer({ ...bounds, ...options.tls }, listener)
    : createServer(bounds, listener)
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    takeUpgrade(options, state, { incoming, socket, head })
  })
  await listen(server, options.listen)
  const address = server.address()
  return {
    port: typeof address === 'object' ? ((address as AddressInfo | null)?.port ?? null) : null,
    server,
    renew: (tls) => {
      if (server instanceof SecureServer) server.setSecureContext(tls)
    },
    close: (graceMs = 25_000) => close(server, state, graceMs),
  }
}

type State = { closing: boolean; upgraded: Set<Duplex> }

function listenerOf(options: ServerOptions, times: Times, state: State) {
  const { log, trusted, slowMs = 1000 } = options
  const listener = getRequestListener(
    async (request, bindings) => {
      const env = bindings as Bindings & { incoming: IncomingMessage; outgoing: ServerResponse }
      const { incoming, outgoing } = env
      const start = performance.now()
      env.requestId = requestIdFrom(incoming.headers['x-request-id'] as string | undefined)
      env.client = readClient(incoming.headers, peerOf(incoming), trusted)
      const withBody = hasBody(incoming)
      const stop = withBody ? watchBody(incoming, outgoing, env, times) : null
      const response = await options.fetch(request, env)
      stop?.()
      if (outgoing.headersSent) return RESPONSE_ALREADY_SENT
      // A body that was not read to its end would be taken for the next request.
      if (state.closing || (withBody && !incoming.complete)) outgoing.shouldKeepAlive = false
      const ms = performance.now() - start
      if (ms >= slowMs || log.isLevelEnabled('debug')) tell(log, env, response.status, ms, slowMs)
      return response
    },
    {
      autoCleanupIncoming: false,
      errorHandler: (error) => {
        log.error({ err: error }, 'a request broke before it was routed')
        return new Response('Something went wrong', { status: 500 })
      },
    },
  )
  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (isOddTarget(incoming.url ?? '')) {
      outgoing.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
      outgoing.end('Not found')
      return
    }
    return listener(incoming, outgoing)
  }
}

// The fetch-style request resolves `..` and absolute targets before anybody can look, so they are refused here.
function isOddTarget(target: string): boolean {
  if (target.charCodeAt(0) !== 47) return target !== '*'
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  return target.includes('#') || isRefusedPath(path)
}

const hasBody = (incoming: IncomingMessage) =>
  incoming.headers['content-length'] !== undefined || incoming.headers['transfer-encoding'] !== undefined

function peerOf(incoming: IncomingMessage) {
  const socket = incoming.socket as IncomingMessage['socket'] & { encrypted?: boolean }
  return { address: socket.remoteAddress, encrypted: socket.encrypted === true }
}

/** Answers 408 and hangs up on a body that does not arrive in time; returns what calls the watch off. */
function watchBody(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  env: Bindings,
  times: Times,
): () => void {
  const hangUp = () => {
    if (incoming.complete) return
    if (outgoing.headersSent) return void incoming.socket.destroy()
    outgoing.writeHead(408, { Connection: 'close', 'Content-Type': 'application/json; charset=utf-8' })
    outgoing.end(JSON.stringify({ error: 'The request took too long to arrive' }), () =>
      incoming.socket.destroy(),
    )
  }
  let timer = setTimeout(() => {
    if (!env.uploading) return hangUp()
    timer = setTimeout(hangUp, Math.max(0, times.upload - times.body))
    timer.unref()
  }, times.body)
  timer.unref()
  return () => clearTimeout(timer)
}

function tell(log: Logger, env: Bindings, status: number, ms: number, slowMs: number): void {
  const { incoming, requestId, client } = env
  const facts = {
    id: requestId,
    method: incoming?.method,
    path: maskSecrets(incoming?.url ?? ''),
    status,
    ms: Math.round(ms * 10) / 10,
    ip: client?.ip,
  }
  if (ms >= slowMs) log.warn(facts, 'slow request')
  else log.debug(facts, 'request')
}

function takeUpgrade(
  options: ServerOptions,
  state: State,
  taken: Pick<Upgrade, 'incoming' | 'socket' | 'head'>,
): void {
  const { incoming, socket } = taken
  socket.on('error', () => {})
  if (!options.onUpgrade || state.closing) {
    refuseUpgrade(socket, state.closing ? 503 : 404)
    return
  }
  state.upgraded.add(socket)
  socket.once('close', () => state.upgraded.delete(socket))
  const client = readClient(incoming.headers, peerOf(incoming), options.trusted)
  const requestId = requestIdFrom(incoming.headers['x-request-id'] as string | undefined)
  try {
    options.onUpgrade({ ...taken, client, requestId })
  } catch (error) {
    options.log.error({ err: error, id: requestId }, 'an upgrade failed')
    refuseUpgrade(socket, 500)
  }
}

/** Refuses a WebSocket before it is one, in plain HTTP; `message` goes into X-Error-Message and the body. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  message = STATUS_CODES[status] ?? 'Error',
): void {
  if (socket.destroyed) return
  const body = JSON.stringify({ error: message })
  const safe = message.replace(/[^\x20-\x7e]/g, ' ')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `X-Error-Message: ${safe}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

async function listen(server: Server | SecureServer, where: Listening): Promise<void> {
  // A socket file that a killed process left behind would refuse the address for ever.
  if ('socket' in where) await removeDeadSocket(where.socket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const done = () => {
      server.off('error', reject)
      resolve()
    }
    if ('socket' in where) server.listen(where.socket, done)
    else server.listen(where.port, where.host, done)
  })
  if ('socket' in where) await chmod(where.socket, where.mode ?? 0o660)
}

async function removeDeadSocket(path: string): Promise<void> {
  const { connect } = await import('node:net')
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(true))
    probe.once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
  if (isAlive) throw new Error(`Another process listens on ${path}`)
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function close(server: Server | SecureServer, state: State, graceMs: number): Promise<void> {
  state.closing = true
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Connections become idle one by one as their last answer leaves.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  const last = setTimeout(() => {
    server.closeAllConnections()
    for (const socket of state.upgraded) socket.destroy()
  }, graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(last)
}
