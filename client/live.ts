import { signal } from '@preact/signals'
import { boot } from './boot.ts'

/** What a stream says: its names, the kind of event, and what came along as text. */
export type Told = { stream: string[]; event: string; payload?: string }
type Hear = (event: string, payload: string) => void

/** How the stream stands, for those who want to know whether they see everything. */
export const connection = signal<'open' | 'waiting' | 'closed'>('closed')

/** Whether this device has a line at all, as far as the browser knows. */
export const online = signal(navigator.onLine)

const hearers = new Map<string, Set<Hear>>()
const MOST_WAIT = 60_000
let socket: WebSocket | null = null
let wait = 1000
let timer: ReturnType<typeof setTimeout> | undefined
/** Told after the line was lost and stands again: what came meanwhile has to be asked for. */
const returns = new Set<() => void>()
let wasOpen = false

function frame(type: 'subscribe' | 'unsubscribe', key: string): string {
  const [stream, value] = key.split('/')
  const named = stream === 'list' ? { list: value } : value === undefined ? {} : { tag: value }
  return JSON.stringify({ type, stream, ...named })
}

function open(): void {
  clearTimeout(timer)
  if (socket || hearers.size === 0) return
  connection.value = 'waiting'
  socket = new WebSocket(`${boot.instance.configuration.urls.streaming}/api/v1/streaming`, boot.token)
  socket.onopen = () => {
    wait = 1000
    connection.value = 'open'
    for (const key of hearers.keys()) socket?.send(frame('subscribe', key))
    if (wasOpen) for (const run of returns) run()
    wasOpen = true
  }
  socket.onmessage = ({ data }) => {
    const told = JSON.parse(data) as Told
    const key = told.stream?.join('/') ?? ''
    for (const hear of hearers.get(key) ?? []) hear(told.event, told.payload ?? '')
  }
  socket.onclose = () => {
    socket = null
    connection.value = 'closed'
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2))
    wait = Math.min(MOST_WAIT, wait * 2)
  }
}

/** Hears one stream (`user`, `public:local`, `hashtag/cats`, `list/12`) until the answer is called. */
export function hear(key: string, run: Hear): () => void {
  const known = hearers.get(key) ?? new Set()
  if (known.size === 0) {
    hearers.set(key, known)
    if (socket?.readyState === WebSocket.OPEN) socket.send(frame('subscribe', key))
  }
  known.add(run)
  open()
  return () => {
    known.delete(run)
    if (known.size > 0) return
    hearers.delete(key)
    if (socket?.readyState === WebSocket.OPEN) socket.send(frame('unsubscribe', key))
  }
}

/** Runs when the stream stands again after it was lost. */
export function onReturn(run: () => void): () => void {
  returns.add(run)
  return () => returns.delete(run)
}

addEventListener('offline', () => {
  online.value = false
})
addEventListener('online', () => {
  online.value = true
  wait = 1000
  open()
})
