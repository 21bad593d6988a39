import type { App } from '#app.ts'
import { standingTokens } from '#auth/standing-tokens.ts'
import { rightsChanged } from '#happenings.ts'
import { keptBy } from '#platform/cache.ts'
import { MISSED } from '#platform/pubsub.ts'
import { SECOND } from '#platform/times.ts'
import type { StreamEvent } from './event.ts'
import { passOn } from './pass-on.ts'
import type { Listener, StreamName, Subscription } from './streams.ts'
import { TOLD } from './tell.ts'

/** How much may wait here while what happened is being worked out; more is not told (streams may lose). */
const MOST_WAITING = 2000

/** How often streams are shown that we are still there, in ms. */
const BEAT = 15 * SECOND

/** Why a stream ends: what it may hear changed, it reads too slowly, it is silent, the server stops. */
export type Ending = 'rights' | 'slow' | 'silent' | 'stopping'

/** One open connection, whichever way it is spoken to. */
export type Connection = {
  readonly type: 'websocket' | 'eventsource'
  readonly listener: Listener
  readonly subscriptions: Subscription[]
  send(event: StreamEvent, by: Subscription): void
  /** Shows that we are still there; `count` tells the beats apart. */
  beat(count: number): void
  end(why: Ending): void
}

type Channel = Map<string | number, Set<Connection>>

/** Every stream that is open here: who hears what, and what keeps them alive or ends them. */
export class Hub {
  readonly app: App
  readonly connections = new Set<Connection>()
  /** How many events were sent since the start, by the type of stream. */
  readonly sent = { websocket: 0, eventsource: 0 }
  readonly #channels = new Map<StreamName, Channel>()
  #stopListening: (() => void) | undefined
  #waiting = 0
  #beats = 0
  #work: Promise<void> = Promise.resolve()

  constructor(app: App) {
    this.app = app
  }

  /** Takes a connection in; from now on it hears what it subscribes to. */
  add(connection: Connection): void {
    this.#listen()
    this.connections.add(connection)
  }

  /** Ends what a connection hears; it is forgotten. */
  remove(connection: Connection): void {
    if (!this.connections.delete(connection)) return
    for (const subscription of connection.subscriptions.splice(0)) this.#leave(connection, subscription)
  }

  /** Lets a connection hear a stream; false when it does already. */
  subscribe(connection: Connection, subscription: Subscription): boolean {
    if (!this.connections.has(connection) || this.#find(connection, subscription)) return false
    connection.subscriptions.push(subscription)
    const channel = this.#channels.get(subscription.kind) ?? new Map<string | number, Set<Connection>>()
    this.#channels.set(subscription.kind, channel)
    const set = channel.get(subscription.id) ?? new Set<Connection>()
    channel.set(subscription.id, set.add(connection))
    return true
  }

  /** Stops a connection's hearing of a stream. */
  unsubscribe(connection: Connection, subscription: Subscription): void {
    const found = this.#find(connection, subscription)
    if (!found) return
    connection.subscriptions.splice(connection.subscriptions.indexOf(found), 1)
    this.#leave(connection, found)
  }

  /** What is heard of a kind: accounts, tags, lists. */
  heard<Id extends string | number>(kind: StreamName): Id[] {
    return [...(this.#channels.get(kind)?.keys() ?? [])] as Id[]
  }

  /** Who hears a channel. */
  hearers(kind: StreamName, id: string | number): ReadonlySet<Connection> {
    return this.#channels.get(kind)?.get(id) ?? NOBODY
  }

  /** Sends an event to a channel; `choose` may give each hearer another, or none. */
  tell(
    kind: StreamName,
    id: string | number,
    event: StreamEvent | ((listener: Listener) => StreamEvent | null),
  ): void {
    for (const connection of this.hearers(kind, id)) {
      const chosen = typeof event === 'function' ? event(connection.listener) : event
      const by = chosen && connection.subscriptions.find((each) => each.kind === kind && each.id === id)
      if (!chosen || !by) continue
      this.sent[connection.type]++
      connection.send(chosen, by)
    }
  }

  /** Ends the streams whose token is not good any more, of one person or of all. */
  async recheck(userId: number | null): Promise<void> {
    const concerned = [...this.connections].filter(
      ({ listener }) => userId === null || listener.userId === userId,
    )
    await this.check(concerned)
  }

  /** Ends those of these streams whose token is not good any more. */
  async check(concerned: readonly Connection[]): Promise<void> {
    const ids = concerned.map(({ listener }) => listener.tokenId)
    const standing = await standingTokens(this.app, ids)
    for (const connection of concerned) {
      if (!standing.has(connection.listener.tokenId)) connection.end('rights')
    }
  }

  /** Shows every client that we are still there, and lets go of those who do not answer. */
  beat(): void {
    const count = this.#beats++
    for (const connection of [...this.connections]) connection.beat(count)
  }

  /** Ends every stream. */
  close(): void {
    this.#stopListening?.()
    this.#stopListening = undefined
    for (const connection of [...this.connections]) connection.end('stopping')
  }

  /** Resolves when everything told so far was passed on. */
  async settled(): Promise<void> {
    let work: Promise<void>
    do {
      work = this.#work
      await work
    } while (work !== this.#work)
  }

  #find(connection: Connection, { kind, id }: Subscription): Subscription | undefined {
    return connection.subscriptions.find((each) => each.kind === kind && each.id === id)
  }

  #leave(connection: Connection, { kind, id }: Subscription): void {
    const channel = this.#channels.get(kind)
    const set = channel?.get(id)
    set?.delete(connection)
    if (set?.size === 0) channel?.delete(id)
  }

  // Nobody listens, nothing is worked out: the first stream starts it.
  #listen(): void {
    if (this.#stopListening) return
    const { events } = this.app
    const timer = setInterval(() => this.beat(), BEAT)
    timer.unref()
    const stops = [
      () => clearInterval(timer),
      events.subscribe(MISSED, () => this.#take(null, (hub) => hub.recheck(null))),
      events.subscribe(TOLD, (told) => this.#take(told, passOn)),
      events.subscribe<{ userId?: number } | null>(rightsChanged.name, (message) =>
        this.#take(message?.userId ?? null, (hub, userId) => hub.recheck(userId)),
      ),
    ]
    this.#stopListening = () => {
      for (const stop of stops) stop()
    }
  }

  // One after the other, so that a deletion never overtakes what it deletes.
  #take<T>(told: T, work: (hub: Hub, told: T) => Promise<void>): void {
    if (this.connections.size === 0 || this.#waiting >= MOST_WAITING) return
    this.#waiting++
    this.#work = this.#work
      .then(() => work(this, told))
      .catch((error) => this.app.log.warn({ err: error }, 'something could not be streamed'))
      .finally(() => {
        this.#waiting--
      })
  }
}

const NOBODY: ReadonlySet<Connection> = new Set()

const hubs = keptBy<{ hub?: Hub }>(() => ({}))

/** The streams of this server. */
export function hubOf(app: App): Hub {
  const kept = hubs(app)
  kept.hub ??= new Hub(app)
  return kept.hub
}
