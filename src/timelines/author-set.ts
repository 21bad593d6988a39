/** A number of 32 bits that stands for an account while statuses are scanned; never 0. */
export function keyOfAuthor(id: number): number {
  const mixed = Math.imul((id % 4_294_967_296) ^ (id / 4_294_967_296), 0x9e3779b1)
  return (mixed ^ (mixed >>> 15)) >>> 0 || 1
}

/**
 * Accounts whose statuses are sought. Scanning asks of every status whether its author is among them, so `has`
 * takes the author's key and is a few machine instructions; two accounts share a key once in billions.
 */
export class AuthorSet {
  readonly ids: readonly number[]
  /** How wide a window of ids filled the last page, when the database looked for it. */
  width: number | null = null
  /** Scanning found too few: the authors write so rarely that each is asked instead. */
  isSparse = false
  /** How many of their statuses were shown lately, of those that were judged. */
  shownShare = 2 / 3
  readonly #slots: Uint32Array
  readonly #mask: number

  constructor(ids: readonly number[]) {
    this.ids = ids
    const size = 2 ** Math.ceil(Math.log2(ids.length * 4 + 4))
    this.#mask = size - 1
    this.#slots = new Uint32Array(size)
    for (const id of ids) this.#add(keyOfAuthor(id))
  }

  #add(key: number): void {
    let at = key & this.#mask
    while (this.#slots[at] !== 0 && this.#slots[at] !== key) at = (at + 1) & this.#mask
    this.#slots[at] = key
  }

  has(key: number): boolean {
    let at = key & this.#mask
    for (;;) {
      const found = this.#slots[at]
      if (found === key) return true
      if (found === 0) return false
      at = (at + 1) & this.#mask
    }
  }
}
