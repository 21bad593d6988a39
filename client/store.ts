import type { Signal } from '@preact/signals'
import { signal } from '@preact/signals'
import type { Account } from '#accounts/present-account.ts'
import type { Relationship } from '#relationships/present-relationship.ts'
import type { Status } from '#statuses/entities.ts'
import { get } from './api.ts'

/** How many of a kind are kept; the least recently seen go first. */
const MOST_KEPT = 4000

/** Things of one kind by id, each a signal: whoever shows one is redrawn when it changes, and nobody else. */
class Shelf<Thing extends { id: string }> {
  readonly #kept = new Map<string, Signal<Thing>>()

  put(thing: Thing): Signal<Thing> {
    const known = this.#kept.get(thing.id)
    const cell = known ?? signal(thing)
    if (known) known.value = thing
    this.#kept.delete(thing.id)
    this.#kept.set(thing.id, cell)
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break
      this.#kept.delete(id)
    }
    return cell
  }

  get(id: string): Signal<Thing> | undefined {
    return this.#kept.get(id)
  }
}

/** Posts; what a stream tells of one does not know the reader's own marks, which stay. */
class Posts extends Shelf<Status> {
  override put(status: Status): Signal<Status> {
    const known = status.favourited === undefined ? this.get(status.id)?.value : undefined
    if (!known) return super.put(status)
    const { favourited, reblogged, bookmarked, muted, pinned, filtered } = known
    return super.put({ ...status, favourited, reblogged, bookmarked, muted, pinned, filtered })
  }
}

export const statuses = new Posts()
export const accounts = new Shelf<Account>()
export const relations = new Shelf<Relationship>()
/** Posts that went away while they could be seen. */
export const gone = signal<ReadonlySet<string>>(new Set())

/** Everything that arrives goes through here: a post, the post it boosts, and who wrote them. */
export function remember(list: readonly Status[]): string[] {
  for (const status of list) {
    if (status.reblog) remember([status.reblog])
    accounts.put(status.account)
    statuses.put(status)
  }
  return list.map(({ id }) => id)
}

/** Marks a post as deleted wherever it is shown. */
export function forget(id: string): void {
  gone.value = new Set([...gone.value, id])
}

/** Changes some of a post that is known here. */
export function patch(id: string, change: Partial<Status>): void {
  const cell = statuses.get(id)
  if (cell) cell.value = { ...cell.value, ...change }
}

/** People whose standing was asked for and is on its way, and those who wait for the next question. */
const asked = new Map<string, Promise<void>>()
const MOST_ASKED = 40
let gathering: { ids: string[]; answer: Promise<void> } | null = null

/** Loads how the reader stands to these people, where that is not known yet; what is wanted at one moment is asked at once. */
export async function loadRelations(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.filter((id) => !relations.get(id)).map((id) => asked.get(id) ?? askSoon(id)))
}

function askSoon(id: string): Promise<void> {
  if (!gathering || gathering.ids.length >= MOST_ASKED) {
    const ids: string[] = []
    gathering = { ids, answer: Promise.resolve().then(() => askRelations(ids)) }
  }
  gathering.ids.push(id)
  asked.set(id, gathering.answer)
  return gathering.answer
}

async function askRelations(ids: string[]): Promise<void> {
  gathering = null
  try {
    const query = ids.map((id) => `id[]=${encodeURIComponent(id)}`).join('&')
    for (const each of await get<Relationship[]>(`/api/v1/accounts/relationships?${query}`))
      relations.put(each)
  } finally {
    for (const id of ids) asked.delete(id)
  }
}
