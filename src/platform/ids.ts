/** Ids count milliseconds from here (2010-01-01T00:00:00Z), times 4096, plus a sequence: exact in a JavaScript number until 2079. */
export const ID_EPOCH = Date.UTC(2010, 0, 1)
const PER_MS = 4096
/** How many threads may make ids for one database at a time. */
export const WRITERS = 32

export type IdSource = {
  /** A fresh id, larger than every id this source gave before for the same or an earlier time. */
  next(nowMs: number): number
  /** Makes ids as this writer from now on. */
  use(writer: number): void
}

/**
 * Makes ids for one writer. Threads and processes that share a database each take their own, so that their ids of the
 * same millisecond cannot meet.
 */
export function openIds(first = 0): IdSource {
  let writer = first
  let lastMs = 0
  let sequence = 0
  return {
    use: (other) => void (writer = other),
    next(nowMs) {
      // A clock set back must not give an old id again: the last millisecond stays in use until time catches up.
      const ms = Math.max(nowMs, lastMs)
      if (ms === lastMs) sequence++
      else sequence = 0
      if (sequence >= PER_MS / WRITERS) {
        lastMs = ms + 1
        sequence = 0
      } else lastMs = ms
      return (lastMs - ID_EPOCH) * PER_MS + sequence * WRITERS + (writer % WRITERS)
    },
  }
}

/** The first id that a thing made at `timeMs` can have; for ranges of time in an id column. */
export function idAt(timeMs: number): number {
  return Math.max(0, timeMs - ID_EPOCH) * PER_MS
}

/** An id for something that was made elsewhere at `timeMs`: the low bits come from `seed` so that equal times differ. */
export function idForPast(timeMs: number, seed: number): number {
  return idAt(timeMs) + (Math.abs(seed) % PER_MS)
}

/** When the thing with this id was made, in milliseconds since 1970. */
export function timeOfId(id: number): number {
  return Math.floor(id / PER_MS) + ID_EPOCH
}

/** Reads an id from a request: a positive decimal of at most 16 digits, else null (never throws). */
export function readId(text: string | undefined | null): number | null {
  if (!text || !/^[0-9]{1,16}$/.test(text)) return null
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : null
}
