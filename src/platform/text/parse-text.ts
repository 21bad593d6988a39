import { LinkifyIt } from 'linkify-it'
import { graphemeLength } from '#platform/graphemes.ts'

/** Characters of a text in which mentions, tags and links are looked for; what follows is plain text. */
export const MAX_PARSED_LENGTH = 100_000
/** Longer addresses stay text. */
export const MAX_URL_LENGTH = 4_096
/** DNS allows no longer name (RFC 1035). */
export const MAX_DOMAIN_LENGTH = 253
/** Longer codes are not custom emoji. */
export const MAX_SHORTCODE_LENGTH = 128
/** What any link counts towards the length of a status. */
export const URL_LENGTH = 23

type Place = { start: number; end: number }
export type MentionSpan = Place & { kind: 'mention'; username: string; domain: string | null }
export type HashtagSpan = Place & { kind: 'hashtag'; name: string; displayName: string }
export type UrlSpan = Place & { kind: 'url'; url: string }
export type EmojiSpan = Place & { kind: 'emoji'; shortcode: string }
export type Span = MentionSpan | HashtagSpan | UrlSpan | EmojiSpan

const WORD = '\\p{L}\\p{M}\\p{Nd}\\p{Pc}'
/** Signs that may join the parts of a tag but not end it: middle dot, katakana middle dot, zero-width non-joiner. */
const JOINERS = '\\u00b7\\u30fb\\u200c'
const EMPHASIS = '(?<=(?:^|\\s)[*_~]{1,3})'

const MENTION =
  `@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)` +
  `(?:@([${WORD}]+(?:[.-]+[${WORD}]+)*(?:(?<=[@.]localhost|@127\\.0\\.0\\.1):\\d{2,5}(?![${WORD}:]))?))?`
const HASHTAG = `[#＃]([${WORD}][${WORD}${JOINERS}]*)`
const PLAIN = {
  mention: new RegExp(`(?<![=/${WORD}])${MENTION}`, 'gu'),
  hashtag: new RegExp(`(?<=^|\\s)${HASHTAG}`, 'gmu'),
}
/** In markdown a mention or tag may also follow the marks of emphasis that open a word. */
const MARKDOWN = {
  mention: new RegExp(`(?:(?<![=/${WORD}])|${EMPHASIS})${MENTION}`, 'gmu'),
  hashtag: new RegExp(`(?:(?<=^|\\s)|${EMPHASIS})${HASHTAG}`, 'gmu'),
}
const NO_MENTION_BEFORE = /^(?:[@＠]|:\/\/|[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff])/
const URL_START = /(?<![A-Za-z0-9@＠$#＃])https?:(?=\/\/)/gi
/** Marks that reorder or hide what follows have no place in an address. */
const HIDDEN = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/
const EMOJI = new RegExp(
  `(?<![\\p{L}\\p{Nd}:]):([A-Za-z0-9_]{2,${MAX_SHORTCODE_LENGTH}}):(?![\\p{L}\\p{Nd}:])`,
  'gu',
)

const linkify = new LinkifyIt({ fuzzyEmail: false, maxLength: MAX_URL_LENGTH })

/**
 * The mentions, hashtags, links and emoji codes of a text, in order and without overlap; where two meet, the one
 * that starts first stands. `markdown` lets them follow marks of emphasis and ends links before such marks.
 */
export function parseText(text: string, { markdown = false } = {}): Span[] {
  const source = text.slice(0, MAX_PARSED_LENGTH)
  const rules = markdown ? MARKDOWN : PLAIN
  const found: Span[] = [
    ...(source.includes('@') ? mentionsIn(source, rules.mention) : []),
    ...(/[#＃]/.test(source) ? hashtagsIn(source, rules.hashtag) : []),
    ...(source.includes('://') ? urlsIn(source, markdown) : []),
    ...(source.includes(':') ? emojiIn(source) : []),
  ]
  found.sort((a, b) => a.start - b.start)
  let end = 0
  return found.filter((span) => {
    if (span.start < end) return false
    end = span.end
    return true
  })
}

/**
 * The length that the limit of a status is about, in graphemes: links count 23, mentions count without their
 * domain, the content warning counts too.
 */
export function statusLength(text: string, spoiler = ''): number {
  return countedLength(text) + (spoiler ? countedLength(spoiler) : 0)
}

/**
 * The one form of a hashtag under which it is stored, found and streamed: compatibility forms composed (NFKC), case
 * folded, accents of the Latin letters up to U+017F dropped, as Mastodon does; no leading `#`.
 */
export function tagName(display: string): string {
  return display
    .replace(NOT_IN_TAGS, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
    .replaceAll('ı', 'i')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC')
    .replace(/([\u00c0-\u017f])[\u0300-\u036f]*/g, (whole, letter) => PLAIN_LETTERS.get(letter) ?? whole)
    .replace(NOT_IN_TAGS, '')
    .normalize('NFKC')
}

/** True when a text, without its `#`, can be a hashtag as a whole. */
export function isTagName(text: string): boolean {
  return text.length > 0 && tagEnd(text) === text.length && ONLY_TAG.test(text)
}

const ONLY_TAG = new RegExp(`^[${WORD}][${WORD}${JOINERS}]*$`, 'u')
const NOT_IN_TAGS = new RegExp(`[^${WORD}${JOINERS}]|[\\ufe00-\\ufe0f\\u20e3]`, 'gu')
const PLAIN_LETTERS = plainLetters()

function plainLetters(): Map<string, string> {
  const letters = new Map(Object.entries({ ð: 'd', đ: 'd', ħ: 'h', ĸ: 'k', ł: 'l', ŋ: 'n', ø: 'o', ŧ: 't' }))
  for (let code = 0xc0; code <= 0x17f; code++) {
    const letter = String.fromCharCode(code)
    const base = letter.normalize('NFD').charAt(0)
    if (/[a-z]/.test(base)) letters.set(letter, base)
  }
  return letters
}

function mentionsIn(text: string, rule: RegExp): MentionSpan[] {
  const spans: MentionSpan[] = []
  for (const match of text.matchAll(rule)) {
    const [whole, username = '', domain] = match
    const end = match.index + whole.length
    if (NO_MENTION_BEFORE.test(text.slice(end, end + 3))) continue
    if (domain && domain.length > MAX_DOMAIN_LENGTH) continue
    spans.push({ start: match.index, end, kind: 'mention', username, domain: domain ?? null })
  }
  return spans
}

function hashtagsIn(text: string, rule: RegExp): HashtagSpan[] {
  const spans: HashtagSpan[] = []
  for (const match of text.matchAll(rule)) {
    const run = match[1] ?? ''
    const next = match.index + 1 + run.length
    // `#taghttp://…`: the scheme belongs to the address, not to the tag.
    const before = text.startsWith('://', next) ? run.replace(/(?<=.)https?$/, '') : run
    const displayName = before.slice(0, tagEnd(before))
    if (!displayName) continue
    const end = match.index + 1 + displayName.length
    spans.push({ start: match.index, end, kind: 'hashtag', displayName, name: tagName(displayName) })
  }
  return spans
}

/** How much of a run of tag characters is the tag: joiners at the end fall off, and digits alone make no tag (0). */
function tagEnd(run: string): number {
  let end = run.length
  while (end > 0 && '\u00b7\u30fb\u200c'.includes(run.charAt(end - 1))) end--
  const tag = run.slice(0, end)
  return /[\p{L}\p{M}]/u.test(tag) || /[_\u00b7\u30fb\u200c]/.test(tag.slice(1, -1)) ? end : 0
}

function urlsIn(text: string, markdown: boolean): UrlSpan[] {
  const spans: UrlSpan[] = []
  const search = new RegExp(URL_START)
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const tail = linkify.testSchemaAt(text, match[0], search.lastIndex)
    if (tail === 0) continue
    const end = search.lastIndex + tail
    search.lastIndex = end
    if (end - match.index >= MAX_URL_LENGTH) continue
    const url = trimUrl(text.slice(match.index, end), markdown)
    if (url) spans.push({ start: match.index, end: match.index + url.length, kind: 'url', url })
  }
  return spans
}

function trimUrl(found: string, markdown: boolean): string | null {
  let url = found
  const hidden = url.search(markdown ? new RegExp(`${HIDDEN.source}|\``) : HIDDEN)
  if (hidden !== -1) url = url.slice(0, hidden)
  const host = /^https?:\/\/([^/?#:]*)/i.exec(url)?.[1] ?? ''
  if (!host.includes('.') && !host.startsWith('[')) return null
  // No top-level domain mixes ASCII with other letters: `https://example.comを` ends before the prose.
  const last = host.slice(host.lastIndexOf('.') + 1)
  const ascii = /^[a-z]{2,}(?=[^\0-\x7f])/i.exec(last)
  if (ascii) url = url.slice(0, url.indexOf('//') + 2 + host.length - last.length + ascii[0].length)
  const loose = markdown ? '.,!?:;\'"*_~' : '.,!?:;\'"'
  let end = url.length
  while (end > 0 && loose.includes(url.charAt(end - 1))) end--
  url = url.slice(0, end)
  return URL.canParse(url) ? url : null
}

function emojiIn(text: string): EmojiSpan[] {
  return Array.from(text.matchAll(EMOJI), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    kind: 'emoji',
    shortcode: match[1] ?? '',
  }))
}

function countedLength(text: string): number {
  const parts: string[] = []
  let from = 0
  for (const span of parseText(text)) {
    if (span.kind !== 'url' && span.kind !== 'mention') continue
    parts.push(
      text.slice(from, span.start),
      span.kind === 'url' ? 'x'.repeat(URL_LENGTH) : `@${span.username}`,
    )
    from = span.end
  }
  // Beyond what is parsed every limit is long passed: code units will do.
  const rest = Math.max(0, text.length - Math.max(from, MAX_PARSED_LENGTH))
  parts.push(text.slice(from, text.length - rest))
  return graphemeLength(parts.join('')) + rest
}
