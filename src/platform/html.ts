import sanitizeHtml from 'sanitize-html'

/** Characters of foreign HTML that are looked at; the rest is cut off first. */
export const MAX_HTML_LENGTH = 200_000
/** More tags than this and only the text is kept: the parser's cost grows with open elements times tags. */
export const MAX_HTML_TAGS = 10_000
/** Elements nested deeper than this lose their tags. */
export const MAX_HTML_DEPTH = 100
/** Longer link targets are unwrapped to text. */
export const MAX_HREF_LENGTH = 4_096
/** Longer class names are dropped. */
export const MAX_CLASS_LENGTH = 64

const LINK_SCHEMES = 'http https dat dweb ipfs ipns ssb gopher xmpp magnet gemini'.split(' ')
const KEPT_TAGS = (
  'p br span a abbr del s pre blockquote code b strong u sub sup i em ' + 'h1 h2 h3 h4 h5 ul ol li ruby rt rp'
).split(' ')
/** Elements whose text is not meant to be read. */
const SILENT_TAGS =
  'script style textarea option xmp title noscript noembed noframes iframe template svg object'.split(' ')
/** Blocks that are not kept but whose text must not run into the neighbour's. */
const PARAGRAPH_LIKE = (
  'address article aside center dd details div dl dt fieldset figcaption figure footer form header hgroup ' +
  'main nav section summary table td th tr'
).split(' ')
const ENDS_PARAGRAPH = new Set('p h1 h2 h3 h4 h5 ul ol li pre blockquote'.split(' '))
const KEPT_CLASS = /^(?:(?:h|p|u|dt|e)-.*|mention|hashtag|ellipsis|invisible|quote-inline)$/
const WITH_CLASS = new Set(['a', 'span', 'p'])
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL = /[\0-\x08\x0b-\x1f\x7f]/g

type Attributes = Record<string, string>

/** Text made safe as the content of an element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/**
 * HTML from elsewhere, reduced to the elements, classes and link schemes that Mastodon shows. Never throws: what
 * cannot be parsed within bounds becomes a paragraph of escaped text. Sanitising twice changes nothing.
 */
export function sanitize(html: string): string {
  return readable(html, (source) => settle(sanitizeHtml(mathAsText(source), RULES).replace(CONTROL, '')))
}

/** What a reader sees of HTML, as text: lines for <br>, blank lines between paragraphs. Never throws. */
export function plainText(html: string): string {
  const marked = readable(html, (source) =>
    sanitizeHtml(mathAsText(source), TEXT_RULES)
      .replace(CONTROL, '')
      .replace(/[ \t\n\f]+/g, ' '),
  )
  return marked
    .replace(/<br \/>|<\/li>/g, '\n')
    .replaceAll('<li>', '')
    .replace(/<[^>]*>/g, '\n\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** A name fit to stand beside other text: no control characters, no bidirectional overrides (UTR #36), trimmed. */
export function cleanName(text: string): string {
  const cleaned = text
    .toWellFormed()
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
  return isBlank(cleaned) ? '' : cleaned
}

/** True when nothing in the text would be visible: spaces, joiners, fillers and the blank Braille cell only. */
export function isBlank(text: string): boolean {
  return /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u{1d159}]*$/u.test(text)
}

const LINK_OUT = /<a\b(?![^>]*\bclass="[^"]*\b(?:mention|hashtag)\b)[^>]*\bhref="https?:/

/** Whether our HTML links to anything but people and hashtags. */
export function hasLink(html: string): boolean {
  return LINK_OUT.test(html)
}

function readable(html: string, parse: (source: string) => string): string {
  const source = html.slice(0, MAX_HTML_LENGTH).toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROL, '')
  const text = () => stripTags(source)
  if (countTags(source) > MAX_HTML_TAGS) return asParagraph(text())
  try {
    return parse(source)
  } catch {
    return `<p>${escapeHtml(text())}</p>`
  }
}

function asParagraph(text: string): string {
  try {
    return settle(`<p>${sanitizeHtml(text, { ...RULES, allowedTags: [] }).replace(CONTROL, '')}</p>`)
  } catch {
    return `<p>${escapeHtml(text)}</p>`
  }
}

function countTags(html: string): number {
  let count = 0
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1)) count++
  return count
}

/** The text between tags, by position alone: one pass, whatever the nesting. */
function stripTags(html: string): string {
  const parts: string[] = []
  let from = 0
  for (;;) {
    const open = html.indexOf('<', from)
    if (open === -1) break
    parts.push(html.slice(from, open))
    const close = html.indexOf('>', open)
    if (close === -1) return parts.join('')
    from = close + 1
  }
  parts.push(html.slice(from))
  return parts.join('')
}

/** Formulas are shown by their TeX or plain annotation (FEP-dc88); works on the untrusted source, before the parser. */
function mathAsText(html: string): string {
  const parts: string[] = []
  let from = 0
  const lower = html.toLowerCase()
  // Lower-casing can change the length of exotic text, and then positions would not agree.
  const found = (what: string, at: number) => (lower.length === html.length ? lower : html).indexOf(what, at)
  for (let open = found('<math', 0); open !== -1; open = found('<math', from)) {
    const end = found('</math>', open)
    if (end === -1) break
    const formula = html.slice(open, end)
    parts.push(html.slice(from, open), annotationOf(formula) ?? `${formula}</math>`)
    from = end + '</math>'.length
  }
  return from === 0 ? html : parts.join('') + html.slice(from)
}

function annotationOf(formula: string): string | undefined {
  const block = /^<math[^>]*\bdisplay=["']?block/i.test(formula)
  let plain: string | undefined
  for (const [, attributes = '', rest = ''] of formula.matchAll(/<annotation(\s[^<>]*)>([^<]*)/gi)) {
    if (/application\/x-tex/i.test(attributes)) return block ? `$$${rest}$$` : `$${rest}$`
    if (/text\/plain/i.test(attributes)) plain ??= rest
  }
  return plain
}

/** The target as a browser would read it, or undefined when its scheme is not one we link to. */
function cleanHref(href: string | undefined): string | undefined {
  if (!href || href.length > MAX_HREF_LENGTH) return undefined
  // Browsers drop tabs and newlines inside a URL before they look at its scheme.
  const clean = href.replace(/\p{Cc}/gu, '').trim()
  const scheme = /^([a-z][a-z0-9.+-]*):/i.exec(clean)?.[1]?.toLowerCase()
  return scheme && LINK_SCHEMES.includes(scheme) ? clean : undefined
}

function keepAttributes(tagName: string, given: Attributes): sanitizeHtml.Tag {
  const kept: Attributes = {}
  if (tagName === 'a') {
    const href = cleanHref(given.href)
    // A link that leads nowhere stays bare here, and settle() takes its tags away.
    if (!href) return { tagName, attribs: {} }
    kept.href = href
  }
  if (given.class && WITH_CLASS.has(tagName)) {
    const classes = given.class.split(/\s+/).filter((c) => c.length <= MAX_CLASS_LENGTH && KEPT_CLASS.test(c))
    if (classes.length > 0) kept.class = classes.join(' ')
  }
  if (tagName === 'a') {
    kept.rel = 'nofollow noopener noreferrer'
    kept.target = '_blank'
  }
  if (given.translate === 'no' && (tagName === 'a' || tagName === 'span')) kept.translate = 'no'
  if (given.lang && /^[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,3}$/i.test(given.lang)) kept.lang = given.lang
  if (tagName === 'ol' && given.start && /^-?\d{1,9}$/.test(given.start)) kept.start = given.start
  if (tagName === 'ol' && given.reversed !== undefined) kept.reversed = ''
  if (tagName === 'li' && given.value && /^-?\d{1,9}$/.test(given.value)) kept.value = given.value
  if (tagName === 'abbr' && given.title) kept.title = given.title
  if (tagName === 'blockquote' && /^https?:/i.test(cleanHref(given.cite) ?? ''))
    kept.cite = cleanHref(given.cite) as string
  return { tagName, attribs: kept }
}

/** A picture inside text would call its server whenever somebody reads: a link asks first. */
function imageAsLink(_: string, { src, alt }: Attributes): sanitizeHtml.Tag {
  const href = cleanHref(src)
  const text = alt?.trim() || href
  if (!text) return { tagName: 'img', attribs: {} }
  return { tagName: href ? 'a' : 'span', attribs: href ? { href } : {}, text }
}

const RULES: sanitizeHtml.IOptions = {
  allowedTags: KEPT_TAGS,
  allowedAttributes: {
    '*': ['lang'],
    a: ['href', 'class', 'rel', 'target', 'translate'],
    span: ['class', 'translate'],
    p: ['class'],
    ol: ['start', 'reversed'],
    li: ['value'],
    abbr: ['title'],
    blockquote: ['cite'],
  },
  allowedSchemes: LINK_SCHEMES,
  allowProtocolRelative: false,
  nonTextTags: SILENT_TAGS,
  nestingLimit: MAX_HTML_DEPTH,
  transformTags: {
    '*': keepAttributes,
    img: imageAsLink,
    h6: 'h5',
    ...Object.fromEntries(PARAGRAPH_LIKE.map((tag) => [tag, 'p'])),
  },
}

const TEXT_RULES: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'li', 'pre', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol'],
  allowedAttributes: {},
  nonTextTags: SILENT_TAGS,
  nestingLimit: MAX_HTML_DEPTH,
  transformTags: Object.fromEntries(PARAGRAPH_LIKE.map((tag) => [tag, 'p'])),
}

type Element = { name: string; at: number; live: boolean }

/**
 * Puts clean markup into the shape a browser would read it in: no block inside a paragraph, no link inside a link,
 * no link without target, no empty paragraph. Dropping foreign tags can uncover such nestings, and a second parse
 * would then see another tree than the first.
 */
function settle(html: string): string {
  const out: string[] = []
  const live: Element[] = []
  const given: Element[] = []
  const closeUpTo = (element: Element) => {
    for (let last = live.pop(); last; last = live.pop()) {
      last.live = false
      if (last.name === 'p' && isEmptySince(out, last.at)) out.length = last.at
      else out.push(`</${last.name}>`)
      if (last === element) return
    }
  }
  let from = 0
  for (const match of html.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
    if (match.index > from) out.push(html.slice(from, match.index))
    from = match.index + match[0].length
    const [tag, slash, name = '', attributes] = match
    if (name === 'br') out.push(tag)
    else if (slash) {
      const element = given.pop()
      if (element?.live) closeUpTo(element)
    } else {
      const paragraph = ENDS_PARAGRAPH.has(name) && live.find((e) => e.name === 'p')
      if (paragraph) closeUpTo(paragraph)
      const top = live.at(-1)
      if (top && impliesEnd(top.name, name)) closeUpTo(top)
      const dropped = name === 'a' && (!attributes || live.some((e) => e.name === 'a'))
      const element = { name, at: out.length, live: !dropped }
      given.push(element)
      if (dropped) continue
      live.push(element)
      out.push(tag)
    }
  }
  if (from < html.length) out.push(html.slice(from))
  if (live[0]) closeUpTo(live[0])
  return out.join('')
}

function impliesEnd(open: string, next: string): boolean {
  if (next === 'li') return open === 'li'
  return (next === 'rt' || next === 'rp') && (open === 'rt' || open === 'rp')
}

function isEmptySince(out: string[], at: number): boolean {
  let last = out.length - 1
  while (last > at && /^[ \t\n]*$/.test(out[last] as string)) last--
  return last === at
}
