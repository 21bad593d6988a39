/** Markup that is already safe to send. Only `html` and `raw` make it; data from JSON can never pass for it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What a template may hold: text is escaped, lists are joined, null, undefined and false are nothing. */
export type Value = Html | string | number | false | null | undefined | readonly Value[]

type Template = { parts: readonly string[]; bare: readonly boolean[] | undefined }

const NEEDS_ESCAPE = /[&<>"']/
const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const templates = new WeakMap<TemplateStringsArray, Template>()

/**
 * A page or a part of one. Every value is escaped for text and for quoted attributes; line breaks beside tags and
 * values are left out with their indentation. Throws on an attribute without quotes.
 */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  const { parts, bare } = templates.get(strings) ?? read(strings)
  let out = parts[0] as string
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (bare?.[i] && value !== '' && (typeof value === 'string' || typeof value === 'number')) {
      throw new TypeError('Inside a tag a value needs quotes around it')
    }
    out += show(value) + parts[i + 1]
  }
  return new Html(out)
}

/** Markup taken as it is: for sanitised content and for text this program made itself, nothing else. */
export function raw(text: string): Html {
  return new Html(text)
}

/** Parts put together with something between them; empty ones are left out. */
export function joined(values: readonly Value[], between: Value): Html {
  const shown = values.map(show).filter((text) => text !== '')
  return new Html(shown.join(show(between)))
}

/** Text made safe for an element or a quoted attribute. */
export function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(/[&<>"']/g, (found) => ESCAPES[found] as string) : text
}

/** An address fit for href and src: http, https or a path of this server; anything else becomes nothing. */
export function safeUrl(url: string | null | undefined): string {
  // Browsers skip control characters and read a backslash as a slash.
  return url && /^(?:https?:\/\/[^\s/\\]|\/(?![/\\]))[^\p{Cc}]*$/iu.test(url) ? url : ''
}

/** A data block for search engines; nothing in it can end the element it stands in (XSS-09). */
export function jsonData(type: string, data: unknown, id?: string): Html {
  const text = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const named = id === undefined ? '' : ` id="${escapeText(id)}"`
  return new Html(`<script type="${escapeText(type)}"${named}>${text}</script>`)
}

function show(value: Value): string {
  if (typeof value === 'string') return escapeText(value)
  if (value instanceof Html) return value.text
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'number') return String(value)
  if (!Array.isArray(value)) throw new TypeError('A template holds text, numbers, markup and lists of them')
  let out = ''
  for (const each of value) out += show(each)
  return out
}

function read(strings: TemplateStringsArray): Template {
  const parts: string[] = []
  const bare: boolean[] = []
  // A part that begins like ` name="` continues a tag that another template opened.
  let inTag = /^\s+[a-z-]+=/i.test(strings[0] as string)
  let quote = ''
  for (const string of strings) {
    let part = ''
    for (const piece of string.split(/(\s*\n\s*)/)) {
      if (piece.includes('\n')) {
        part += inTag || quote ? ' ' : '\n'
        continue
      }
      for (const char of piece) {
        if (quote) quote = char === quote ? '' : quote
        else if (!inTag) inTag = char === '<'
        else if (char === '"' || char === "'") quote = char
        else if (char === '>') inTag = false
      }
      part += piece
    }
    const open = inTag && quote === ''
    if (open && part.endsWith('=')) throw new TypeError(`An attribute needs quotes: ${part.slice(-40)}`)
    // The name of an element may be a value: `<${tag}`.
    bare.push(open && !/<\/?$/.test(part))
    parts.push(part.replace(/^\n|\n$|(?<=>)\n|\n(?=<)/g, '').replaceAll('\n', ' '))
  }
  const template = { parts, bare: bare.includes(true) ? bare : undefined }
  templates.set(strings, template)
  return template
}
