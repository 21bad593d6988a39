/** A word to look for, and whether it counts only where it stands by itself. */
export type Word = { text: string; whole: boolean }

/** Finds which of many words a folded text holds, by their places in the list given. */
export type Finder = (text: string) => number[]

const WORD = /[\p{L}\p{M}\p{N}\p{Pc}]/u
/** Scripts written without blanks between words: a boundary is anywhere in them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u

/** Text as words are compared: one form of each letter, no capitals. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/**
 * Compiles words into one automaton (Aho and Corasick): a text is read once from end to end, whatever the words
 * are, so that no word can be made to cost more than another.
 */
export function findWords(words: readonly Word[]): Finder {
  const forms = words.map((word) => ({ ...word, text: fold(word.text) }))
  const { step, fails, ends, shorter } = automaton(forms)
  return (text) => {
    const found = new Set<number>()
    let state = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      let next = step(state, code)
      while (next === undefined && state !== 0) {
        state = fails[state] as number
        next = step(state, code)
      }
      state = next ?? 0
      for (let node = state; node !== 0; node = shorter[node] as number) {
        for (const index of ends.get(node) ?? []) {
          if (found.has(index)) continue
          const { text: word, whole } = forms[index] as Word
          if (!whole || standsAlone(text, at + 1 - word.length, at + 1)) found.add(index)
        }
      }
    }
    return [...found].sort((a, b) => a - b)
  }
}

function automaton(words: readonly Word[]) {
  const edges = new Map<number, number>()
  const letters: number[][] = [[]]
  const fails = [0]
  const shorter = [0]
  const ends = new Map<number, number[]>()
  const step = (state: number, code: number) => edges.get(state * 65_536 + code)
  for (const [index, { text }] of words.entries()) {
    if (text === '') continue
    let state = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      let next = step(state, code)
      if (next === undefined) {
        next = fails.push(0) - 1
        shorter.push(0)
        letters.push([])
        edges.set(state * 65_536 + code, next)
        letters[state]?.push(code)
      }
      state = next
    }
    ends.set(state, [...(ends.get(state) ?? []), index])
  }
  const queue = [0]
  for (const state of queue) {
    for (const code of letters[state] ?? []) {
      const child = step(state, code) as number
      queue.push(child)
      if (state === 0) continue
      let back = fails[state] as number
      while (back !== 0 && step(back, code) === undefined) back = fails[back] as number
      const fail = step(back, code) ?? 0
      fails[child] = fail
      shorter[child] = ends.has(fail) ? fail : (shorter[fail] as number)
    }
  }
  return { step, fails, ends, shorter }
}

/** Whether what stands between these places is not part of a longer word. */
function standsAlone(text: string, start: number, end: number): boolean {
  return isBoundary(text, start) && isBoundary(text, end)
}

function isBoundary(text: string, at: number): boolean {
  const before = letterBefore(text, at)
  const after = at < text.length ? String.fromCodePoint(text.codePointAt(at) as number) : ''
  if (!WORD.test(before) || !WORD.test(after)) return true
  return UNSPACED.test(before) || UNSPACED.test(after)
}

function letterBefore(text: string, at: number): string {
  const last = text.slice(Math.max(0, at - 1), at)
  const isSecondHalf = last >= '\udc00' && last <= '\udfff'
  return isSecondHalf ? text.slice(Math.max(0, at - 2), at) : last
}
