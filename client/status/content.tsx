import type { ComponentChildren, VNode } from 'preact'
import { h } from 'preact'
import type { CustomEmoji } from '#accounts/emojis.ts'
import type { Account } from '#accounts/present-account.ts'
import { withEmojis } from '../pieces/name.tsx'

/** What a post may be made of; everything else shows its words alone. */
const ALLOWED = new Set(
  'p br span a b strong i em u s del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 sub sup ruby rt rp'.split(
    ' ',
  ),
)
const DROPPED = new Set(['script', 'style', 'template', 'iframe', 'object', 'svg', 'math'])
const MOST_DEPTH = 30

export type Context = {
  emojis: readonly CustomEmoji[]
  mentions?: readonly { url: string; acct: string }[]
  tags?: readonly { name: string; url: string }[]
}

/**
 * The HTML of a post as elements of ours: parsed apart from the page, rebuilt from what is allowed, links with their
 * real host where the words hide it. Nothing is ever inserted as markup.
 */
export function contentOf(html: string, context: Context): ComponentChildren {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return [...body.childNodes].map((node) => show(node, context, 0))
}

/** The words of a piece of HTML, for previews. */
export function wordsOf(html: string): string {
  const { body } = new DOMParser().parseFromString(html.replace(/<br\s*\/?>|<\/p>/g, ' '), 'text/html')
  return body.textContent?.trim() ?? ''
}

function show(node: Node, context: Context, depth: number): ComponentChildren {
  if (node instanceof Text) return withEmojis(node.data, context.emojis)
  if (!(node instanceof Element) || depth > MOST_DEPTH) return null
  const name = node.localName
  if (DROPPED.has(name)) return null
  const inside = [...node.childNodes].map((child) => show(child, context, depth + 1))
  if (name === 'a') return link(node as HTMLAnchorElement, inside, context)
  if (!ALLOWED.has(name)) return inside
  const classes =
    node.className && /^(?:invisible|ellipsis|quote-inline|h-card|mention|hashtag)\b/.test(node.className)
  return h(name, classes ? { class: node.className } : {}, inside)
}

function link(
  node: HTMLAnchorElement,
  inside: ComponentChildren,
  context: Context,
): VNode | ComponentChildren {
  const url = node.getAttribute('href') ?? ''
  if (!/^(?:https?|mailto|gemini|xmpp|magnet|dat|ipfs|ipns):/i.test(url)) return inside
  const words = visibleWords(node)
  const mention = context.mentions?.find((each) => each.url === url)
  if (mention)
    return (
      <a class="mention" href={`/@${mention.acct}`}>
        {inside}
      </a>
    )
  const tag = /^[#＃](.+)$/u.exec(words)?.[1]
  if (tag)
    return (
      <a class="hashtag" href={`/tags/${encodeURIComponent(tag)}`}>
        {inside}
      </a>
    )
  const host = URL.canParse(url) ? new URL(url).host : ''
  const honest = !host || beginsWithHost(words, host)
  return (
    <>
      <a href={url} target="_blank" rel="nofollow noopener noreferrer">
        {inside}
      </a>
      {!honest && <span class="real-host"> ({host})</span>}
    </>
  )
}

function visibleWords(node: Element): string {
  const copy = node.cloneNode(true) as Element
  for (const hidden of copy.querySelectorAll('.invisible')) hidden.remove()
  return copy.textContent?.trim() ?? ''
}

function beginsWithHost(words: string, host: string): boolean {
  const text = words.toLowerCase().replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
  return [host, host.replace(/^www\./, '')].some(
    (name) => text.startsWith(name) && !/^[\w.@:-]/u.test(text.slice(name.length)),
  )
}

/** A profile's own text. */
export const noteOf = (account: Account): ComponentChildren =>
  contentOf(account.note, { emojis: account.emojis })
