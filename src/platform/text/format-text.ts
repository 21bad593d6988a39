import newMarkdown, { type MarkdownIt, type RendererRule, type StateInline } from 'markdown-it'
import { escapeHtml, sanitize } from '#platform/html.ts'
import { parseText, type Span } from '#platform/text/parse-text.ts'

/** Characters of an address, after its scheme and `www.`, that are shown; the rest hides behind an ellipsis. */
export const SHOWN_URL_LENGTH = 30
/** Deeper nesting of markdown is left as text. */
export const MAX_MARKDOWN_NESTING = 20

export type Mentioned = { url: string; username: string; acct: string }
export type FormatOptions = {
  contentType: 'text/plain' | 'text/markdown'
  /** By `user@host`, or `user` for those here; all lower-case. */
  mentions: ReadonlyMap<string, Mentioned>
  tagUrl: (name: string) => string
}

/**
 * The HTML of a text that a member typed, as Mastodon marks it up. Mentions of nobody in `mentions` stay text; an
 * empty text gives an empty string.
 */
export function formatText(text: string, options: FormatOptions): string {
  const source = text.toWellFormed().replaceAll('\0', '').replace(/\r\n?/g, '\n')
  if (source.trim() === '') return ''
  const show = presenter(options)
  if (options.contentType === 'text/plain') return formatPlain(source, show)
  return formatMarkdown(source, show)
}

type Show = (span: Span) => string | null

/** Markup for a span, or null when it stays text. */
function presenter({ mentions, tagUrl }: FormatOptions): Show {
  const shared = sharedUsernames(mentions)
  return (span) => {
    if (span.kind === 'url') return linkHtml(span.url)
    if (span.kind === 'hashtag')
      return `<a href="${escapeHtml(tagUrl(span.name))}" class="mention hashtag" rel="tag">#<span>${escapeHtml(span.displayName)}</span></a>`
    if (span.kind === 'emoji') return null
    const handle = span.domain ? `${span.username}@${span.domain}` : span.username
    const account = mentions.get(handle.toLowerCase())
    if (!account) return null
    const name = shared.has(account.username.toLowerCase()) ? account.acct : account.username
    return `<span class="h-card" translate="no"><a href="${escapeHtml(account.url)}" class="u-url mention">@<span>${escapeHtml(name)}</span></a></span>`
  }
}

/** Names that two mentioned accounts have in common: those are shown with their domain. */
function sharedUsernames(mentions: ReadonlyMap<string, Mentioned>): Set<string> {
  const owner = new Map<string, string>()
  const shared = new Set<string>()
  for (const { username, url } of mentions.values()) {
    const name = username.toLowerCase()
    if ((owner.get(name) ?? url) !== url) shared.add(name)
    owner.set(name, url)
  }
  return shared
}

function linkHtml(url: string): string {
  const prefix = /^https?:\/\/(?:www\.)?/i.exec(url)?.[0] ?? ''
  const letters = Array.from(url.slice(prefix.length))
  const shown = letters.slice(0, SHOWN_URL_LENGTH).join('')
  const hidden = letters.slice(SHOWN_URL_LENGTH).join('')
  return (
    `<a href="${escapeHtml(url)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">` +
    `<span class="invisible">${escapeHtml(prefix)}</span>` +
    `<span class="${hidden ? 'ellipsis' : ''}">${escapeHtml(shown)}</span>` +
    `<span class="invisible">${escapeHtml(hidden)}</span></a>`
  )
}

function formatPlain(text: string, show: Show): string {
  const source = text.trim()
  const parts: string[] = []
  let from = 0
  for (const span of parseText(source)) {
    parts.push(escapeHtml(source.slice(from, span.start)))
    parts.push(show(span) ?? escapeHtml(source.slice(span.start, span.end)))
    from = span.end
  }
  parts.push(escapeHtml(source.slice(from)))
  return parts
    .join('')
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br />')}</p>`)
    .join('')
}

type MarkdownEnv = { show: Show; spans: Map<string, Map<number, Span>>; shown: string[] }

/** Noncharacters of Unicode, which no text may carry: our own markup waits behind them while the rest is sanitised. */
const OPEN = '\ufdd0'
const CLOSE = '\ufdd1'

function formatMarkdown(text: string, show: Show): string {
  const env: MarkdownEnv = { show, spans: new Map(), shown: [] }
  const html = markdown.render(text.replace(/[\ufdd0-\ufdef]/g, ''), env)
  // Newlines between blocks mean nothing in HTML, but clients show them (white-space: pre-wrap).
  const safe = sanitize(html.replaceAll('\n', ''))
  return safe.replace(/\ufdd0(\d+)\ufdd1/g, (_, index: string) => env.shown[Number(index)] ?? '')
}

const markdown = openMarkdown()

function openMarkdown(): MarkdownIt {
  const md = newMarkdown({ html: false, linkify: false, breaks: true, maxNesting: MAX_MARKDOWN_NESTING })
  md.disable(['image', 'table'])
  md.inline.ruler.at('text', readText)
  const codeBlock: RendererRule = (tokens, index) => {
    const code = tokens[index]?.content.replace(/\n$/, '') ?? ''
    return `<pre><code>${escapeHtml(code).replaceAll('\n', '<br />')}</code></pre>`
  }
  md.renderer.rules.fence = codeBlock
  md.renderer.rules.code_block = codeBlock
  return md
}

/**
 * Takes the place of the rule that reads plain characters, so that a mention, tag or link is taken whole, from its
 * first letter, before its underscores and stars could be read as emphasis. Code never comes here.
 */
function readText(state: StateInline, silent: boolean): boolean {
  const { src, posMax } = state
  const env = state.env as MarkdownEnv
  let spans = env.spans.get(src)
  if (!spans) {
    const found = parseText(src, { markdown: true }).filter((span) => span.kind !== 'emoji')
    spans = new Map(found.map((span) => [span.start, span]))
    env.spans.set(src, spans)
  }
  const span = spans.get(state.pos)
  if (span && span.end <= posMax) {
    if (!silent) addSpan(state, span, env)
    state.pos = span.end
    return true
  }
  let pos = state.pos
  while (pos < posMax && !MARKS.has(src.charCodeAt(pos)) && (pos === state.pos || !spans.has(pos))) pos++
  if (pos === state.pos) return false
  if (!silent) state.pending += src.slice(state.pos, pos)
  state.pos = pos
  return true
}

/** The characters at which another inline rule of markdown may begin. */
const MARKS = new Set(Array.from('\n!#$%&*+-:<=>@[\\]^_`{}~', (mark) => mark.charCodeAt(0)))

function addSpan(state: StateInline, span: Span, env: MarkdownEnv): void {
  const html = state.linkLevel > 0 ? null : env.show(span)
  if (html) state.push('html_inline', '', 0).content = `${OPEN}${env.shown.push(html) - 1}${CLOSE}`
  else state.pending += state.src.slice(span.start, span.end)
}
