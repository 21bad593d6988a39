import type { Html } from '../html.ts'
import { escapeText, raw } from '../html.ts'
import type { ShownEmoji } from './names.ts'
import { withEmojis } from './names.ts'

const LINK = /<a\s([^>]*)>(.*?)<\/a>/gs

/**
 * Sanitised HTML of a post or profile, with custom emoji, and with the real host after each link whose words do not
 * begin with it (XSS-13). `me` adds rel="me", for links a local person put on their own profile.
 */
export function contentOf(sanitised: string, emojis: readonly ShownEmoji[], { me = false } = {}): Html {
  const honest = sanitised.includes('<a ')
    ? sanitised.replace(LINK, (whole, attributes: string, inside: string) =>
        link(whole, attributes, inside, me),
      )
    : sanitised
  return raw(withEmojis(honest, emojis))
}

/** The addresses that sanitised HTML links to, in order. */
export function linksIn(sanitised: string): string[] {
  return [...sanitised.matchAll(LINK)].flatMap(([, attributes = '']) => hrefOf(attributes) ?? [])
}

function link(whole: string, attributes: string, inside: string, me: boolean): string {
  const href = hrefOf(attributes)
  if (!href || !URL.canParse(href)) return whole
  const marked =
    me && !/\brel="[^"]*\bme\b/.test(attributes) ? attributes.replace('rel="', 'rel="me ') : attributes
  const host = new URL(href).host
  const seen = visibleText(inside)
  const honest = /^[@#＃]\S+$/u.test(seen) || !host || beginsWithHost(seen, host)
  return `<a ${marked}>${inside}</a>${honest ? '' : ` <span class="real-host">(${escapeText(host)})</span>`}`
}

function hrefOf(attributes: string): string | undefined {
  const href = /\bhref="([^"]*)"/.exec(attributes)?.[1]
  return href && decoded(href)
}

function beginsWithHost(seen: string, host: string): boolean {
  const text = seen.toLowerCase().replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
  const bare = host.replace(/^www\./, '')
  return [host, bare].some((name) => text.startsWith(name) && !/^[\w.@:-]/u.test(text.slice(name.length)))
}

function visibleText(inside: string): string {
  return decoded(inside.replace(/<span class="invisible">[^<]*<\/span>/g, '').replace(/<[^>]*>/g, '')).trim()
}

function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
