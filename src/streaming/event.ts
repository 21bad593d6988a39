import type { Subscription } from './streams.ts'

/** What an event is called; https://docs.joinmastodon.org/methods/streaming/#events */
export type EventName =
  | 'update'
  | 'status.update'
  | 'delete'
  | 'notification'
  | 'notifications_merged'
  | 'filters_changed'
  | 'conversation'
  | 'announcement'
  | 'announcement.reaction'
  | 'announcement.delete'

/** One event with its payload as text, written down once for each way it is sent, however many hear it. */
export class StreamEvent {
  readonly name: EventName
  /** Undefined where the event says it all. */
  readonly payload: string | undefined
  #plain: Buffer | undefined
  readonly #frames = new Map<string, Buffer>()

  constructor(name: EventName, payload?: unknown) {
    this.name = name
    this.payload = typeof payload === 'string' ? payload : JSON.stringify(payload)
  }

  /**
   * As server-sent events have it. A payload is one line: JSON has its line ends escaped. Where there is none
   * stands the word `undefined`: clients read every other text as JSON and hang up on what is not.
   */
  get lines(): Buffer {
    this.#plain ??= Buffer.from(`event: ${this.name}\ndata: ${this.payload}\n\n`)
    return this.#plain
  }

  /** As a WebSocket message of the stream by which it came; its payload is text within JSON, or left out. */
  frame(label: Subscription['label']): Buffer {
    const key = label.join(' ')
    let frame = this.#frames.get(key)
    if (!frame) {
      frame = Buffer.from(JSON.stringify({ stream: label, event: this.name, payload: this.payload }))
      this.#frames.set(key, frame)
    }
    return frame
  }
}
