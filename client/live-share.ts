import { boot } from './boot.ts'
import type { LineState } from './live-line.ts'
import { canTakeTurns, takeTurns } from './live-turn.ts'

/** What tabs of one member say to each other. */
type Word =
  | { kind: 'want'; tab: string; keys: string[] }
  | { kind: 'told'; text: string }
  | { kind: 'state'; state: LineState; isAgain: boolean }
  | { kind: 'who' }
  | { kind: 'ping'; tab: string }
  | { kind: 'pong'; tab: string }

/** What the tab that holds the line is asked to do, and what each tab does with what came. */
export type Part = {
  /** This tab holds the line from now on; or another took it. */
  lead(isLeader: boolean): void
  /** Which streams all tabs together want. */
  wanted(keys: ReadonlySet<string>): void
  told(text: string): void
  state(state: LineState, isAgain: boolean): void
}

const NAME = `live ${boot.me.id}`
/** How long the tab that holds the line may take to answer before it is believed to sleep. */
const PATIENCE_MS = 2000

/** One line for all tabs of this member: one tab holds it and passes on what comes; when it goes, another takes over. */
export function shareLine(part: Part) {
  const tab = crypto.randomUUID?.() ?? String(Math.random())
  const wishes = new Map<string, ReadonlySet<string>>()
  const channel = canTakeTurns() ? new BroadcastChannel(NAME) : null
  let own: ReadonlySet<string> = new Set()
  let isLeader = channel === null
  let isAnswered = false
  let stands: LineState = 'closed'

  const say = (word: Word) => channel?.postMessage(word)
  const gather = () =>
    isLeader && part.wanted(new Set([own, ...wishes.values()].flatMap((keys) => [...keys])))

  function lead(leads: boolean) {
    isLeader = leads
    wishes.clear()
    part.lead(leads)
    if (!leads) return
    gather()
    say({ kind: 'who' })
  }

  if (channel) {
    channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.kind === 'want' && isLeader) {
        wishes.set(data.tab, new Set(data.keys))
        gather()
        say({ kind: 'state', state: stands, isAgain: false })
      } else if (data.kind === 'told') part.told(data.text)
      else if (data.kind === 'state') part.state(data.state, data.isAgain)
      else if (data.kind === 'who') say({ kind: 'want', tab, keys: [...own] })
      else if (data.kind === 'ping' && isLeader) say({ kind: 'pong', tab: data.tab })
      else if (data.kind === 'pong' && data.tab === tab) isAnswered = true
    }
    const { steal } = takeTurns(NAME, lead)
    addEventListener('pagehide', () => say({ kind: 'want', tab, keys: [] }))
    addEventListener('pageshow', () => say({ kind: 'want', tab, keys: [...own] }))
    addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible' || isLeader) return
      isAnswered = false
      say({ kind: 'ping', tab })
      setTimeout(() => isAnswered || isLeader || steal(), PATIENCE_MS)
    })
  } else part.lead(true)

  return {
    /** Says which streams this tab wants. */
    want(keys: Iterable<string>) {
      own = new Set(keys)
      if (isLeader) gather()
      else say({ kind: 'want', tab, keys: [...own] })
    },
    /** The tab that holds the line passes on what came. */
    passOn(text: string) {
      if (isLeader) say({ kind: 'told', text })
    },
    passState(state: LineState, isAgain: boolean) {
      stands = state
      if (isLeader) say({ kind: 'state', state, isAgain })
    },
  }
}
