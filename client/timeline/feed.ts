import { signal } from '@preact/signals'
import type { Status } from '#statuses/entities.ts'
import { ask, Offline } from '../api.ts'
import { boot } from '../boot.ts'
import { keepHome, keptHome } from '../offline/kept-lists.ts'
import { forget, remember, statuses } from '../store.ts'
import { say } from '../words.ts'

/** A part of a feed that is shown and emptied as one. */
export type Chunk = { key: number; ids: string[] }
type State = 'idle' | 'loading' | 'failed' | 'offline'

const PAGE = 20
/** What the server gives at most at once. */
const MOST_PAGE = 40
const MOST_WAITING = 400
const MOST_FEEDS = 12
let keys = 0

/** A list of posts that can be read on to its end, and hears of new ones. It is kept while other pages are shown. */
export class Feed {
  readonly path: string
  readonly chunks = signal<Chunk[]>([])
  /** New posts that wait above until the reader wants them. */
  readonly waiting = signal<string[]>([])
  readonly state = signal<State>('idle')
  readonly trouble = signal('')
  readonly ended = signal(false)
  /** The chunks under which posts are missing, after a pause too long for one page. */
  readonly gaps = signal<ReadonlySet<number>>(new Set())
  #next: string | null
  #started = false

  constructor(path: string) {
    this.path = path
    this.#next = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}`
  }

  /** Fills the feed with a page that came along. */
  start(list: readonly Status[]): void {
    if (this.#started) return
    this.#started = true
    this.#append(remember(list))
    const last = list.at(-1)?.id
    this.#next = last ? this.#query(`max_id=${last}`) : null
    if (!last) this.ended.value = true
  }

  /** Loads the next older page, once at a time; a failure is kept until it is asked again. */
  async more(): Promise<void> {
    if (this.state.value === 'loading' || this.ended.value || !this.#next) return
    this.#started = true
    this.state.value = 'loading'
    try {
      const { data, next } = await ask<Status[]>(this.#next)
      this.#append(remember(data))
      this.#next = next
      this.ended.value = !next
      this.state.value = 'idle'
    } catch (error) {
      if (error instanceof Offline) await this.#recall()
      this.state.value = error instanceof Offline ? 'offline' : 'failed'
      this.trouble.value = error instanceof Offline ? say('offline') : (error as Error).message
    }
  }

  /** While the line is down home goes on with what was written down of it. */
  async #recall(): Promise<void> {
    if (this.path === HOME) this.#append(remember(await keptHome(this.chunks.value.at(-1)?.ids.at(-1))))
  }

  /** Takes in a post that was just written; it waits above, but one's own is shown at once. */
  hear(status: Status): void {
    const { id } = status
    const known = this.has(id)
    remember([status])
    if (known) return
    if (status.account.id === boot.me.id) this.#prepend([id])
    else this.waiting.value = [id, ...this.waiting.value].slice(0, MOST_WAITING)
  }

  /** Shows what waits. */
  showWaiting(): void {
    this.#prepend(this.waiting.value)
    this.waiting.value = []
  }

  /** Asks for what came while nothing was heard; where one page is not enough a gap is left under it. */
  async catchUp(): Promise<void> {
    const newest = this.waiting.value[0] ?? this.chunks.value[0]?.ids[0]
    if (!newest) return
    const { data } = await ask<Status[]>(this.#query(`since_id=${newest}&limit=${MOST_PAGE}`)).catch(() => ({
      data: [],
    }))
    const fresh = remember(data.filter(({ id }) => !this.has(id)))
    if (data.length < MOST_PAGE) {
      this.waiting.value = [...fresh, ...this.waiting.value].slice(0, MOST_WAITING)
      return
    }
    // What waited before lies below the gap.
    this.showWaiting()
    this.#prepend(fresh)
    this.#leaveGap(this.chunks.value[0]?.key)
  }

  /** Fills a gap from above, a page at a time; the rest of it moves down. */
  async fill(key: number): Promise<void> {
    const at = this.chunks.value.findIndex((chunk) => chunk.key === key)
    const [above, below] = [this.chunks.value[at]?.ids.at(-1), this.chunks.value[at + 1]?.ids[0]]
    if (!above || !below) return
    const { data } = await ask<Status[]>(this.#query(`max_id=${above}&since_id=${below}&limit=${MOST_PAGE}`))
    const ids = remember(data.filter(({ id }) => !this.has(id)))
    const { value: chunks } = this.chunks
    const next = { key: ++keys, ids }
    if (ids.length > 0) this.#set([...chunks.slice(0, at + 1), next, ...chunks.slice(at + 1)])
    this.gaps.value = new Set([...this.gaps.value].filter((each) => each !== key))
    if (data.length === MOST_PAGE) this.#leaveGap(next.key)
  }

  #leaveGap(key: number | undefined): void {
    if (key !== undefined) this.gaps.value = new Set([...this.gaps.value, key])
  }

  drop(id: string): void {
    forget(id)
    this.waiting.value = this.waiting.value.filter((each) => each !== id)
  }

  has(id: string): boolean {
    return this.waiting.value.includes(id) || this.chunks.value.some(({ ids }) => ids.includes(id))
  }

  #query(text: string): string {
    return `${this.path}${this.path.includes('?') ? '&' : '?'}${text}`
  }

  #append(ids: string[]): void {
    const fresh = ids.filter((id) => !this.has(id))
    if (fresh.length > 0) this.#set([...this.chunks.value, { key: ++keys, ids: fresh }])
  }

  #prepend(ids: string[]): void {
    if (ids.length > 0) this.#set([{ key: ++keys, ids }, ...this.chunks.value])
  }

  #set(chunks: Chunk[]): void {
    this.chunks.value = chunks
    const posts = () =>
      this.chunks.value.flatMap(({ ids }) => ids.flatMap((id) => statuses.get(id)?.value ?? []))
    if (this.path === HOME) keepHome(posts)
  }
}

const feeds = new Map<string, Feed>()

/** The feed behind a path of the API; the last dozen are kept, so that Back finds them as they were. */
export function feedOf(path: string): Feed {
  const feed = feeds.get(path) ?? new Feed(path)
  feeds.delete(path)
  feeds.set(path, feed)
  const [oldest] = feeds.keys()
  if (feeds.size > MOST_FEEDS && oldest !== undefined) feeds.delete(oldest)
  return feed
}

/** Shows a post of one's own at the top of home at once. */
export function showOwn(status: Status): void {
  feeds.get(HOME)?.hear(status)
}

export const HOME = '/api/v1/timelines/home'
