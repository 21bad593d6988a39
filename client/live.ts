import { signal } from '@preact/signals'
import type { Line, LineState } from './live-line.ts'
import { eventLine, isReachable, socketLine } from './live-line.ts'
import { shareLine } from './live-share.ts'

/** What a stream says: its names, the kind of event, and what came along as text. */
export type Told = { stream: string[]; event: string; payload?: string }
type Hear = (event: string, payload: string) => void

/** How the stream stands, for those who want to know whether they see everything. */
export const connection = signal<LineState>('closed')

/** Whether this device has a line at all, as far as the browser knows. */
export const online = signal(navigator.onLine)

const MOST_WAIT = 60_000
/** So many sockets that never opened, while the server answered, are a network that lets none through. */
const SOCKETS_TRIED = 2
const hearers = new Map<string, Set<Hear>>()
/** Told after the line was lost and stands again: what came meanwhile has to be asked for. */
const returns = new Set<() => void>()

/** What the tab that holds the line for all of them knows of it. */
const held = {
  isMine: false,
  keys: new Set<string>() as ReadonlySet<string>,
  line: null as Line | null,
  wasOpen: false,
  refusals: 0,
  wait: 1000,
  timer: undefined as ReturnType<typeof setTimeout> | undefined,
}

function stand(state: LineState, isAgain = false): void {
  connection.value = state
  if (state === 'open' && isAgain) for (const run of returns) run()
}

function hearText(text: string): void {
  const told = JSON.parse(text) as Told
  const key = told.stream?.join('/') ?? ''
  for (const hearer of hearers.get(key) ?? []) hearer(told.event, told.payload ?? '')
}

function tell(state: LineState, isAgain = false): void {
  stand(state, isAgain)
  share.passState(state, isAgain)
}

function open(): void {
  clearTimeout(held.timer)
  if (!held.isMine || held.line || held.keys.size === 0) return
  tell('waiting')
  let hasOpened = false
  const isCurrent = () => held.line === line
  const make = held.refusals >= SOCKETS_TRIED ? eventLine : socketLine
  const line: Line = make({
    opened() {
      if (!isCurrent()) return
      hasOpened = true
      held.wait = 1000
      held.refusals = 0
      for (const key of held.keys) line.subscribe(key)
      tell('open', held.wasOpen)
      held.wasOpen = true
    },
    told(text) {
      if (!isCurrent()) return
      hearText(text)
      share.passOn(text)
    },
    closed() {
      if (!isCurrent()) return
      held.line = null
      if (!hasOpened && make === socketLine) countRefusal()
      tell('closed')
      held.timer = setTimeout(open, held.wait * (0.75 + Math.random() / 2))
      held.wait = Math.min(MOST_WAIT, held.wait * 2)
    },
  })
  held.line = line
}

/** A server that is down lets nothing through either: then sockets are tried on. */
async function countRefusal(): Promise<void> {
  if (await isReachable()) held.refusals++
  else held.refusals = 0
}

function drop(): void {
  clearTimeout(held.timer)
  const { line } = held
  held.line = null
  line?.close()
}

const share = shareLine({
  lead(isLeader) {
    held.isMine = isLeader
    // Whoever takes over from another tab missed what came in between.
    if (isLeader) held.wasOpen ||= connection.value === 'open'
    else drop()
    open()
  },
  wanted(keys) {
    const before = held.keys
    held.keys = keys
    for (const key of keys) if (!before.has(key)) held.line?.subscribe(key)
    for (const key of before) if (!keys.has(key)) held.line?.unsubscribe(key)
    open()
  },
  told: hearText,
  state: stand,
})

/** Hears one stream (`user`, `public:local`, `hashtag/cats`, `list/12`) until the answer is called. */
export function hear(key: string, run: Hear): () => void {
  const known = hearers.get(key) ?? new Set()
  known.add(run)
  hearers.set(key, known)
  if (known.size === 1) share.want(hearers.keys())
  return () => {
    known.delete(run)
    if (known.size > 0 || hearers.get(key) !== known) return
    hearers.delete(key)
    share.want(hearers.keys())
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
  held.wait = 1000
  open()
})
