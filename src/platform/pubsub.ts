import { BroadcastChannel } from 'node:worker_threads'

export type Listener = (message: unknown) => void

/** Messages between the parts of one server; may be lost, so never for what must not be. */
export type PubSub = {
  publish(topic: string, message: unknown): void
  subscribe(topic: string, listener: Listener): () => void
  close(): void
}

/** Connects every thread of this process that opens the same `name` ('' keeps to this thread, for tests). */
export function openPubSub(name: string): PubSub {
  const listeners = new Map<string, Set<Listener>>()
  const tell = (topic: string, message: unknown) => {
    for (const listener of listeners.get(topic) ?? []) listener(message)
  }
  const channel = name ? new BroadcastChannel(name) : null
  if (channel) {
    channel.onmessage = (event) => {
      const { topic, message } = (event as { data: { topic: string; message: unknown } }).data
      tell(topic, message)
    }
    channel.unref()
  }
  return {
    publish(topic, message) {
      tell(topic, message)
      channel?.postMessage({ topic, message })
    },
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set.add(listener))
      return () => set.delete(listener)
    },
    close: () => channel?.close(),
  }
}
