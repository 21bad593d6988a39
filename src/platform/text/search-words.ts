import { LONGEST_TOKEN } from '#platform/database/dialect-full-text.ts'

/** The words of a text as the index knows them; `letters` are the single ideographs, each a word of its own kind. */
export type SearchWords = { words: string[]; letters: string[] }

/** Scripts that put no spaces between words, or grow them by endings: cut into pairs of letters that overlap. */
const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{sc=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}'
const RUN = /[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu
const PART = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu')
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u')
const IDEOGRAPH = /\p{sc=Han}/u
const ACCENTS = /(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]\p{M}*)\p{Mn}/gu
const PLAIN = /^[\0-\x7f]*$/
/** Characters of one text that are looked at. */
const MOST_CHARACTERS = 50_000

/** Text as it is compared: one form of each letter, small, without accents where they are ornaments. */
export function searchForm(text: string): string {
  const small = text.slice(0, MOST_CHARACTERS).toWellFormed().toLowerCase()
  if (PLAIN.test(small)) return small
  const same = small.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss')
  return same.normalize('NFD').replace(ACCENTS, '').normalize('NFC')
}

export type Piece = { tokens: string[]; unspaced: boolean }

/** A text cut where its words are: spaced words one by one, unspaced runs as pairs of letters. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  for (const [run] of searchForm(text).matchAll(RUN)) {
    if (PLAIN.test(run)) {
      pieces.push({ tokens: [run.slice(0, LONGEST_TOKEN)], unspaced: false })
      continue
    }
    for (const [part] of run.matchAll(PART)) {
      const unspaced = IS_UNSPACED.test(part)
      pieces.push({ tokens: unspaced ? pairs(part) : [part.slice(0, LONGEST_TOKEN)], unspaced })
    }
  }
  return pieces
}

function pairs(run: string): string[] {
  const letters = [...run]
  if (letters.length < 2) return letters
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`)
}

/** The words of a text for the index, at most `most`. */
export function searchWords(text: string, most: number): SearchWords {
  const words: string[] = []
  const letters = new Set<string>()
  for (const { tokens, unspaced } of piecesOf(text)) {
    words.push(...tokens)
    if (words.length >= most) break
    if (unspaced)
      for (const token of tokens) for (const letter of token) if (isIdeograph(letter)) letters.add(letter)
  }
  return { words: words.slice(0, most), letters: [...letters] }
}

/** Whether one letter is a word: then it can be asked for alone. */
export function isIdeograph(letter: string): boolean {
  return IDEOGRAPH.test(letter)
}

const BREAKS = /<(?:br|\/p|\/li|\/h\d|\/pre|\/blockquote|p|li)\b[^>]*>/g
const ADDRESS_START = /\bhttps?:\/\/(?:www\.)?/g

/** The words people see in HTML that was already made safe, for the index: far cheaper than parsing it again. */
export function searchableHtml(html: string): string {
  return html
    .replace(BREAKS, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(ADDRESS_START, ' ')
}
