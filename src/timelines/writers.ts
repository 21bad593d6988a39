/** All statuses with ids from `from` on and below `to`: their ids, ascending, and the keys of their authors. */
export type Chunk = {
  from: number
  to: number
  ids: Float64Array
  keys: Uint32Array
  length: number
  /** When it was last looked at. */
  used: number
}

/** Larger than every id. */
export const EVERYTHING = Number.MAX_SAFE_INTEGER

/** How many statuses a chunk may come to hold before it is halved. */
const MOST_IN_CHUNK = 2048
/** What a chunk weighs at least, so that many empty ones do not pile up. */
const LEAST_WEIGHT = 128
/** 12 bytes each. */
const MOST_KEPT = 1_000_000

/** Makes a chunk of ids in ascending order and the keys of their authors. */
export function chunkOf(from: number, to: number, ids: readonly number[], keys: readonly number[]): Chunk {
  const { length } = ids
  return { from, to, ids: Float64Array.from(ids), keys: Uint32Array.from(keys), length, used: 0 }
}

/** How many of the chunk's ids are smaller. */
export function placeIn({ ids, length }: Chunk, id: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] as number) < id) low = middle + 1
    else high = middle
  }
  return low
}

/** Who wrote which status, as far as it has been looked at: chunks that do not overlap, the longest unused dropped first. */
export class Writers {
  /** Counts what changes here, so that whoever waited for the database can tell whether its answer still fits. */
  changes = 0
  readonly #mostKept: number
  /** Ascending. */
  #chunks: Chunk[] = []
  #kept = 0
  #clock = 0

  constructor(mostKept = MOST_KEPT) {
    this.#mostKept = mostKept
  }

  /** The chunk in which a status of this id stands, if it is there. */
  holding(id: number): Chunk | undefined {
    const chunk = this.#chunks[this.#placeOf(id) - 1]
    if (!chunk || id >= chunk.to) return undefined
    chunk.used = ++this.#clock
    return chunk
  }

  /** What is unknown around an id that no chunk holds. */
  gapAt(id: number): { from: number; to: number } {
    const place = this.#placeOf(id)
    return { from: this.#chunks[place - 1]?.to ?? 0, to: this.#chunks[place]?.from ?? EVERYTHING }
  }

  /** Keeps a chunk that lies in a gap. */
  keep(chunk: Chunk): void {
    this.changes++
    chunk.used = ++this.#clock
    this.#chunks.splice(this.#placeOf(chunk.from), 0, chunk)
    this.#kept += weightOf(chunk)
    while (this.#kept > this.#mostKept && this.#chunks.length > 1) this.#dropLongestUnused()
  }

  /** Adds a status where it belongs, unless nothing is known there, or it is known already. */
  add(id: number, key: number): void {
    this.changes++
    const index = this.#placeOf(id) - 1
    const chunk = this.#chunks[index]
    if (!chunk || id >= chunk.to) return
    const at = placeIn(chunk, id)
    if (at < chunk.length && chunk.ids[at] === id) return
    this.#kept -= weightOf(chunk)
    if (chunk.length === chunk.ids.length) widen(chunk)
    chunk.ids.copyWithin(at + 1, at, chunk.length)
    chunk.keys.copyWithin(at + 1, at, chunk.length)
    chunk.ids[at] = id
    chunk.keys[at] = key
    chunk.length++
    const parts = chunk.length > MOST_IN_CHUNK ? halves(chunk) : [chunk]
    if (parts.length > 1) this.#chunks.splice(index, 1, ...parts)
    for (const part of parts) this.#kept += weightOf(part)
  }

  clear(): void {
    this.changes++
    this.#chunks = []
    this.#kept = 0
  }

  /** How many chunks begin at or below the id. */
  #placeOf(id: number): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#chunks[middle] as Chunk).from <= id) low = middle + 1
      else high = middle
    }
    return low
  }

  #dropLongestUnused(): void {
    let oldest = 0
    for (const [index, chunk] of this.#chunks.entries()) {
      if (chunk.used < (this.#chunks[oldest] as Chunk).used) oldest = index
    }
    const [dropped] = this.#chunks.splice(oldest, 1)
    if (dropped) this.#kept -= weightOf(dropped)
  }
}

const weightOf = (chunk: Chunk) => Math.max(LEAST_WEIGHT, chunk.ids.length)

function widen(chunk: Chunk): void {
  const room = Math.max(64, Math.ceil(chunk.length * 1.25))
  const ids = new Float64Array(room)
  const keys = new Uint32Array(room)
  ids.set(chunk.ids)
  keys.set(chunk.keys)
  chunk.ids = ids
  chunk.keys = keys
}

function halves(chunk: Chunk): [Chunk, Chunk] {
  const middle = chunk.length >>> 1
  const edge = chunk.ids[middle] as number
  const { ids, keys, length, used } = chunk
  const part = (begin: number, end: number) => ({
    ids: ids.slice(begin, end),
    keys: keys.slice(begin, end),
    length: end - begin,
    used,
  })
  return [
    { from: chunk.from, to: edge, ...part(0, middle) },
    { from: edge, to: chunk.to, ...part(middle, length) },
  ]
}
