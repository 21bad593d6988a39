import { boot } from './boot.ts'

export type LineState = 'open' | 'waiting' | 'closed'
/** What a line does as it lives; `told` gets the text of one event in the form of the WebSocket. */
export type Hears = { opened(): void; told(text: string): void; closed(): void }
/** One line to the server, whatever it is made of. */
export type Line = { subscribe(key: string): void; unsubscribe(key: string): void; close(): void }

/** The stream and its value of a key like `user`, `public:local`, `hashtag/cats`, `list/12`. */
function named(key: string): { stream: string; list?: string; tag?: string } {
  const [stream = '', value] = key.split('/')
  if (value === undefined) return { stream }
  return stream === 'list' ? { stream, list: value } : { stream, tag: value }
}

/** A WebSocket, which carries every stream at once. */
export function socketLine(hears: Hears): Line {
  const socket = new WebSocket(`${boot.instance.configuration.urls.streaming}/api/v1/streaming`, boot.token)
  const send = (type: string, key: string) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, ...named(key) }))
  }
  socket.onopen = () => hears.opened()
  socket.onmessage = ({ data }) => hears.told(data)
  socket.onclose = () => hears.closed()
  return {
    subscribe: (key) => send('subscribe', key),
    unsubscribe: (key) => send('unsubscribe', key),
    close: () => socket.close(),
  }
}

/** Whether the server answers at all: then it is something in between that lets no WebSocket through. */
export const isReachable = (): Promise<boolean> =>
  fetch('/api/v1/streaming/health', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Server-sent events for where something in between lets no WebSocket through: one request for each stream. */
export function eventLine(hears: Hears): Line {
  const streams = new Map<string, AbortController>()
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    for (const stop of streams.values()) stop.abort()
    hears.closed()
  }
  isReachable().then((is) => (isOver ? undefined : is ? hears.opened() : end()))
  return {
    subscribe(key) {
      if (isOver || streams.has(key)) return
      const stop = new AbortController()
      streams.set(key, stop)
      listen(key, stop.signal, hears).then(end, () => !stop.signal.aborted && end())
    },
    unsubscribe(key) {
      streams.get(key)?.abort()
      streams.delete(key)
    },
    close: end,
  }
}

async function listen(key: string, signal: AbortSignal, hears: Hears): Promise<void> {
  const { stream, ...values } = named(key)
  const path = stream.replaceAll(':', '/')
  const query = new URLSearchParams(values).toString()
  const headers = { Authorization: `Bearer ${boot.token}`, Accept: 'text/event-stream' }
  const answer = await fetch(`/api/v1/streaming/${path}?${query}`, { signal, headers })
  if (!answer.ok || !answer.body) throw new Error(`the stream answered ${answer.status}`)
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (rest + value).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) tell(key, part, hears)
  }
}

function tell(key: string, part: string, hears: Hears): void {
  const lines = part.split('\n')
  const fieldOf = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
  const [event] = fieldOf('event')
  if (event)
    hears.told(JSON.stringify({ stream: key.split('/'), event, payload: fieldOf('data').join('\n') }))
}
