import type { App, HostedDomain, Viewer } from '#app.ts'
import { HttpRefusal } from '#platform/http/refuse.ts'
import { listenerOf, MOST_UNSENT, takePlace } from './admit.ts'
import type { StreamEvent } from './event.ts'
import type { Connection, Ending, Hub } from './hub.ts'
import { hubOf } from './hub.ts'
import type { Listener, StreamAsk, Subscription } from './streams.ts'
import { readAsk, StreamRefusal } from './streams.ts'

const HELLO = Buffer.from(':)\n')
const STILL_HERE = Buffer.from(':thump\n')

export type EventStreamFor = { app: App; viewer: Viewer; domain: HostedDomain; ip: string }

/** Opens one stream as server-sent events; throws refusals as the API words them. */
export async function openEventStream(
  { app, viewer, domain, ip }: EventStreamFor,
  ask: StreamAsk,
): Promise<ReadableStream<Uint8Array>> {
  const hub = hubOf(app)
  const listener = listenerOf(viewer, domain)
  try {
    const subscription = await readAsk(app, listener, ask)
    const leave = takePlace(hub, listener, ip)
    const connection = new LineConnection(hub, listener, leave)
    hub.add(connection)
    hub.subscribe(connection, subscription)
    await hub.check([connection])
    return connection.stream
  } catch (error) {
    if (error instanceof StreamRefusal) throw new HttpRefusal(error.status, error.message)
    throw error
  }
}

class LineConnection implements Connection {
  readonly type = 'eventsource'
  readonly listener: Listener
  readonly subscriptions: Subscription[] = []
  readonly stream: ReadableStream<Uint8Array>
  readonly #hub: Hub
  readonly #leave: () => void
  #pipe: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(hub: Hub, listener: Listener, leave: () => void) {
    this.#hub = hub
    this.listener = listener
    this.#leave = leave
    this.stream = new ReadableStream(
      {
        start: (pipe) => {
          this.#pipe = pipe
          pipe.enqueue(HELLO)
        },
        cancel: () => {
          this.#pipe = undefined
          this.#forget()
        },
      },
      { highWaterMark: 0, size: (chunk) => chunk.byteLength },
    )
  }

  send(event: StreamEvent): void {
    this.#write(event.lines)
  }

  beat(): void {
    this.#write(STILL_HERE)
  }

  end(why: Ending): void {
    const pipe = this.#pipe
    this.#pipe = undefined
    this.#forget()
    if (why === 'slow') pipe?.error(new Error('the client reads too slowly'))
    else pipe?.close()
  }

  #write(bytes: Buffer): void {
    const waiting = -(this.#pipe?.desiredSize ?? 0)
    if (waiting > MOST_UNSENT) this.end('slow')
    else this.#pipe?.enqueue(bytes)
  }

  #forget(): void {
    if (this.#hub.connections.has(this)) this.#leave()
    this.#hub.remove(this)
  }
}
