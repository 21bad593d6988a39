import type { Phrase } from '#platform/database/dialect-full-text.ts'
import { tagName } from '#platform/text/parse-text.ts'
import type { Piece } from '#platform/text/search-words.ts'
import { isIdeograph, piecesOf } from '#platform/text/search-words.ts'
import { DAY } from '#platform/times.ts'
import { mark } from './search-index.ts'

/** Which statuses a search looks through: what may be found, only what is public, only the member's own library. */
export type Scope = 'all' | 'public' | 'library'
/** Times in ms, the end not included. */
export type Span = { from: number; to: number }

/** A query as it was understood; `from` are handles, still to be looked up. */
export type SearchQuery = {
  all: Phrase[]
  none: Phrase[]
  from: { handle: string; not: boolean }[]
  within: Span[]
  scope: Scope
  /** Something was asked for that cannot be: nothing is found. */
  impossible: boolean
}

const MOST_LETTERS = 500
/** Conditions of one query; more is not a question. */
const MOST_TERMS = 24
const MOST_IN_PHRASE = 64
const TERM = /(?<not>[-+]?)(?:(?<name>[a-zA-Z]+):)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))/gu
const EVER: Span = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** Reads what a person typed; there is no wrong syntax, and what is not an operator is a word. */
export function readQuery(text: string): SearchQuery {
  const query: SearchQuery = { all: [], none: [], from: [], within: [EVER], scope: 'all', impossible: false }
  const quoted = text
    .slice(0, MOST_LETTERS)
    .toWellFormed()
    .replace(/[“”„«»＂]/g, '"')
  let terms = 0
  for (const { groups } of quoted.matchAll(TERM)) {
    if (++terms > MOST_TERMS) break
    const { not = '', name, phrase, word } = groups as Record<string, string | undefined>
    const value = phrase ?? word ?? ''
    const isNot = not === '-'
    if (name && operators[name.toLowerCase()]) operators[name.toLowerCase()]?.(query, value, isNot)
    else addWords(query, name ? `${name} ${value}` : value, isNot, phrase !== undefined)
  }
  return query
}

/** Whether anything is asked for at all. */
export function isEmpty(query: SearchQuery): boolean {
  return (
    query.all.length + query.none.length + query.from.length === 0 &&
    query.scope === 'all' &&
    query.within[0] === EVER
  )
}

type Operator = (query: SearchQuery, value: string, not: boolean) => void

const marked =
  (of: (value: string) => string): Operator =>
  (query, value, not) => {
    const asked = value.toLowerCase()
    if (/^[a-z0-9_-]{1,20}$/.test(asked)) (not ? query.none : query.all).push({ tokens: [of(asked)] })
    else query.impossible ||= !not
  }

/** `before` ends where the day begins, `after` begins where it ends. */
const dated =
  (spans: (day: Span) => { yes: Span[]; no: Span[] }): Operator =>
  (query, value, not) => {
    const day = dayOf(value)
    if (!day) query.impossible = true
    else query.within = cut(query.within, spans(day)[not ? 'no' : 'yes'])
  }

const operators: Record<string, Operator> = Object.assign(Object.create(null), {
  from: (query: SearchQuery, value: string, not: boolean) => void query.from.push({ handle: value, not }),
  has: marked(mark.has),
  is: marked(mark.is),
  language: marked(mark.language),
  in: (query: SearchQuery, value: string, not: boolean) => {
    const asked = value.toLowerCase()
    if (asked === 'all') query.impossible ||= not
    else if (asked === 'library' || asked === 'public')
      query.scope = (asked === 'library') === not ? 'public' : 'library'
    else query.impossible ||= !not
  },
  before: dated(({ from }) => ({ yes: [{ ...EVER, to: from }], no: [{ ...EVER, from }] })),
  after: dated(({ to }) => ({ yes: [{ ...EVER, from: to }], no: [{ ...EVER, to }] })),
  during: dated((day) => ({
    yes: [day],
    no: [
      { ...EVER, from: day.to },
      { ...EVER, to: day.from },
    ],
  })),
})

/** A day (UTC), or a month or year as a whole. */
function dayOf(text: string): Span | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.*)?$/.exec(text) ?? []
  if (!year) return null
  const from = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1))
  if (month && new Date(from).getUTCMonth() !== Number(month) - 1) return null
  if (day) return { from, to: from + DAY }
  return { from, to: month ? Date.UTC(Number(year), Number(month), 1) : Date.UTC(Number(year) + 1, 0, 1) }
}

function cut(spans: readonly Span[], by: readonly Span[]): Span[] {
  const parts = spans.flatMap((span) =>
    by.map((each) => ({ from: Math.max(span.from, each.from), to: Math.min(span.to, each.to) })),
  )
  return parts.filter((span) => span.from < span.to).sort((a, b) => b.from - a.from)
}

function addWords(query: SearchQuery, text: string, not: boolean, whole: boolean): void {
  const hashtag = /^[#＃](\S+)$/u.exec(text)
  const name = hashtag && tagName(hashtag[1] as string)
  if (name && /^[\p{L}\p{N}\p{M}\p{Pc}\u00b7\u30fb\u200c]+$/u.test(name)) {
    ;(not ? query.none : query.all).push({ tokens: [mark.tag(name)] })
    return
  }
  const phrases = phrasesOf(piecesOf(text), whole)
  if (!not) query.all.push(...phrases)
  // «not a long word of an unspaced script» would be wrong in parts: only what is one phrase can be excluded.
  else if (phrases.length === 1) query.none.push(...phrases)
}

/** Neighbours stand in a row: those of a quotation, the parts of `don't`, the pairs of an unspaced run. */
function phrasesOf(pieces: readonly Piece[], whole: boolean): Phrase[] {
  const phrases: string[][] = []
  let open: { tokens: string[]; unspaced: boolean } | undefined
  for (const { tokens, unspaced } of pieces) {
    const [only = ''] = tokens
    if (unspaced && tokens.length === 1 && isIdeograph(only) && [...only].length === 1) {
      phrases.push([mark.letter(only)])
      open = undefined
    } else if (open && (whole || (open.unspaced === unspaced && !unspaced))) open.tokens.push(...tokens)
    else {
      open = { tokens: [...tokens], unspaced }
      phrases.push(open.tokens)
    }
  }
  return phrases.map((tokens) => ({ tokens: tokens.slice(0, MOST_IN_PHRASE) }))
}
