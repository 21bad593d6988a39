import { BroadcastChannel } from 'node:worker_threads'

/** A channel by its name, with the shape of what goes over it (plain JSON). */
export type Topic<Message = unknown> = string & { readonly carries?: Message }

/** Names a channel and what it carries; names are built from words and ids: `topic<Update>(`timeline ${id}`)`. */
export const topic = <Message>(name: string): Topic<Message> => name as Topic<Message>

/** Told in this thread alone when messages of others may have been missed: whatever is kept in memory is read again. */
export const MISSED = topic<null>('messages missed')

/** What one message may weigh, in bytes of JSON with its topic: the smallest wire carries no more. */
export const MOST_BYTES = 7800

/**
 * Messages between all threads and processes of one server, in the order of their publishing. They may be lost, so
 * never for what must not be, and weigh at most 8 kB: whatever can grow is sent as ids, to be read from the database.
 */
export type PubSub = {
  /** Tells everybody, this thread at once; throws when the message is too heavy for a wire. */
  publish<Message>(topic: Topic<Message> | string, message: NoInfer<Message>): void
  /** Tells the listeners of this thread alone. */
  tell<Message>(topic: Topic<Message> | string, message: NoInfer<Message>): void
  subscribe<Message>(topic: Topic<Message> | string, listener: (message: Message) => void): () => void
  /** Resolves when what others publish from now on is heard here. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** How texts reach the other threads and processes. */
export type Wire = {
  send(text: string): void
  ready(): Promise<void>
  close(): Promise<void>
}

/** Opens a wire; it hears what others under the same `name` send, and not itself. */
export type OpenWire = (name: string, hear: { received(text: string): void; missed(): void }) => Wire

/** Joins every thread of this process. */
export const threadWire: OpenWire = (name, { received }) => {
  const channel = new BroadcastChannel(name)
  channel.onmessage = (event) => {
    for (const text of (event as { data: string[] }).data) received(text)
  }
  channel.unref()
  // What is said in one turn of the event loop goes together, and the same words once: a message costs much more than its text.
  let waiting = new Set<string>()
  const flush = () => {
    if (waiting.size > 0) channel.postMessage([...waiting])
    waiting = new Set()
  }
  return {
    send(text) {
      if (waiting.size === 0) setImmediate(flush)
      waiting.delete(text)
      waiting.add(text)
    },
    ready: async () => {},
    async close() {
      flush()
      channel.close()
    },
  }
}

type Listener = (message: unknown) => void

/** Connects everybody who opens the same `name` over the same wire ('' keeps to this thread, for tests). */
export function openPubSub(name: string, openWire: OpenWire = threadWire): PubSub {
  const listeners = new Map<string, Set<Listener>>()
  const tell = (topic: string, message: unknown) => {
    for (const listener of listeners.get(topic) ?? []) listener(message)
  }
  const received = (text: string) => {
    const [topic, message] = JSON.parse(text) as [string, unknown]
    tell(topic, message)
  }
  const wire = name ? openWire(name, { received, missed: () => tell(MISSED, null) }) : null
  return {
    publish(topic, message) {
      const text = JSON.stringify([topic, message ?? null])
      if (Buffer.byteLength(text) > MOST_BYTES)
        throw new RangeError(`a message on "${topic}" is heavier than ${MOST_BYTES} bytes: send ids instead`)
      tell(topic, message)
      wire?.send(text)
    },
    tell,
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set.add(listener as Listener))
      return () => {
        set.delete(listener as Listener)
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic)
      }
    },
    ready: async () => wire?.ready(),
    close: async () => wire?.close(),
  }
}
