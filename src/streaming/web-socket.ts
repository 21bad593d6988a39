import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { App } from '#app.ts'
import { readBearer } from '#platform/http/caller.ts'
import type { Upgrade } from '#platform/http/server.ts'
import { refuseUpgrade } from '#platform/http/server.ts'
import { MINUTE, SECOND } from '#platform/times.ts'
import { findListener, MOST_UNSENT, takePlace } from './admit.ts'
import type { StreamEvent } from './event.ts'
import type { Connection, Ending, Hub } from './hub.ts'
import { hubOf } from './hub.ts'
import type { Listener, StreamAsk, Subscription } from './streams.ts'
import { readAsk, StreamRefusal } from './streams.ts'

/** Frames of clients are a few words long. */
const MOST_FRAME = 8 * 1024
const MOST_SUBSCRIPTIONS = 200
/** How many frames a client may send in a minute before it is let go. */
const MOST_FRAMES = 300
/** How long a polite goodbye may take. */
const LAST_WORD = 2 * SECOND

const CODES: Record<Ending, number> = { rights: 1008, slow: 1013, silent: 1001, stopping: 1001 }
const NOT_TEXT = 1003
const TOO_MANY = 1008

/** Opens the door for WebSockets: on / and on /api/v1/streaming with anything below it. */
export function openWebSockets(app: App): (upgrade: Upgrade) => void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_FRAME,
    clientTracking: false,
  })
  return (upgrade) => {
    const target = URL.parse(upgrade.incoming.url ?? '', 'http://localhost')
    if (!target || !/^\/(?:api\/v1\/streaming(?:\/.*)?)?$/.test(target.pathname)) {
      refuseUpgrade(upgrade.socket, 404)
      return
    }
    takeIn(hubOf(app), server, upgrade, target.searchParams).catch((error) => {
      if (error instanceof StreamRefusal) refuseUpgrade(upgrade.socket, error.status, error.message)
      else {
        app.log.error({ err: error, id: upgrade.requestId }, 'a stream could not be opened')
        refuseUpgrade(upgrade.socket, 500)
      }
    })
  }
}

async function takeIn(hub: Hub, server: WebSocketServer, upgrade: Upgrade, query: URLSearchParams) {
  const { incoming, socket, head, client } = upgrade
  const listener = await findListener(hub.app, tokenOf(incoming, query), client.host)
  const leave = takePlace(hub, listener, client.ip)
  socket.once('close', leave)
  if (socket.destroyed) return leave()
  server.handleUpgrade(incoming, socket, head, (ws) => {
    const connection = new SocketConnection(hub, ws, listener)
    hub.add(connection)
    connection.start()
    // The token may have ended while this was being opened.
    void hub.check([connection]).catch(() => connection.end('rights'))
    const ask = Object.fromEntries(query)
    if (ask.stream !== undefined) connection.obey({ ...ask, type: 'subscribe' })
  })
}

/** From the header, the query, or in place of a subprotocol: browsers can set nothing else. Cookies never count (WEB-19). */
function tokenOf(incoming: IncomingMessage, query: URLSearchParams): string | null {
  const { authorization, 'sec-websocket-protocol': protocol } = incoming.headers
  return readBearer(authorization) ?? query.get('access_token') ?? protocol?.split(',')[0]?.trim() ?? null
}

class SocketConnection implements Connection {
  readonly type = 'websocket'
  readonly listener: Listener
  readonly subscriptions: Subscription[] = []
  readonly #hub: Hub
  readonly #ws: WebSocket
  #answered = true
  #frames = 0
  #countedFrom = 0
  #orders: Promise<void> = Promise.resolve()

  constructor(hub: Hub, ws: WebSocket, listener: Listener) {
    this.listener = listener
    this.#hub = hub
    this.#ws = ws
  }

  start(): void {
    this.#ws.on('message', (data, isBinary) => this.#hear(data, isBinary))
    this.#ws.on('pong', () => {
      this.#answered = true
    })
    this.#ws.on('error', () => this.#ws.terminate())
    this.#ws.on('close', () => this.#hub.remove(this))
  }

  send(event: StreamEvent, by: Subscription): void {
    this.#write(event.frame(by.label))
  }

  beat(count: number): void {
    // Pings cost the battery of phones: half as often as lines of event streams.
    if (count % 2 === 1) return
    if (!this.#answered) this.end('silent')
    else this.#ws.ping()
    this.#answered = false
  }

  end(why: Ending): void {
    this.#hub.remove(this)
    if (why === 'slow' || why === 'silent') this.#ws.terminate()
    else this.#close(CODES[why])
  }

  /** Does what a client's frame asks for, one after the other; what cannot be is answered in words. */
  obey(order: StreamAsk & { type?: unknown }): void {
    this.#orders = this.#orders
      .then(() => this.#carryOut(order))
      .catch((error) => {
        if (error instanceof StreamRefusal) return this.#complain(error.status, error.message)
        this.#hub.app.log.error({ err: error }, 'a subscription failed')
        this.#complain(500, 'Something went wrong on our side')
      })
  }

  async #carryOut(order: StreamAsk & { type?: unknown }): Promise<void> {
    if (order.type !== 'subscribe' && order.type !== 'unsubscribe') return
    const subscription = await readAsk(this.#hub.app, this.listener, order)
    if (order.type === 'unsubscribe') return this.#hub.unsubscribe(this, subscription)
    if (this.subscriptions.length >= MOST_SUBSCRIPTIONS)
      throw new StreamRefusal(429, 'Too many subscriptions')
    this.#hub.subscribe(this, subscription)
  }

  #hear(data: RawData, isBinary: boolean): void {
    const now = performance.now()
    if (now - this.#countedFrom > MINUTE) {
      this.#countedFrom = now
      this.#frames = 0
    }
    const order = isBinary ? null : readOrder(String(data))
    if (isBinary) this.#close(NOT_TEXT)
    else if (++this.#frames > MOST_FRAMES) this.#close(TOO_MANY)
    else if (order) this.obey(order)
    else this.#complain(400, 'The message could not be read')
  }

  #complain(status: number, error: string): void {
    this.#write(Buffer.from(JSON.stringify({ error, status })))
  }

  #write(frame: Buffer): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#ws.bufferedAmount > MOST_UNSENT) this.end('slow')
    else this.#ws.send(frame, { binary: false })
  }

  #close(code: number): void {
    this.#hub.remove(this)
    this.#ws.close(code)
    setTimeout(() => this.#ws.terminate(), LAST_WORD).unref()
  }
}

function readOrder(text: string): (StreamAsk & { type?: unknown }) | null {
  try {
    const order: unknown = JSON.parse(text)
    return typeof order === 'object' && order !== null && !Array.isArray(order) ? order : null
  } catch {
    return null
  }
}
