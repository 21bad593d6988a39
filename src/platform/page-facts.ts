import { Parser } from 'htmlparser2'

/** What a page says of itself in its head: OpenGraph, Twitter cards, JSON-LD, and what HTML itself has. */
export type PageFacts = {
  title: string
  description: string
  language: string | null
  provider: string
  authorName: string
  authorUrl: string
  /** `fediverse:creator`: the author's handle. */
  creator: string
  image: string | null
  imageDescription: string
  /** In ms since 1970. */
  publishedAt: number | null
  /** Where the page's oEmbed document is. */
  oEmbed: string | null
}

const MOST_METAS = 200
const MOST_JSON = 100_000
const LONGEST = { title: 300, text: 1000, url: 2048 }

/** Reads a page's head; `base` is where it came from. Never throws for what a page may hold. */
export function pageFacts(html: string, base: string): PageFacts {
  const seen = scan(html)
  const meta = (...names: string[]) => {
    for (const name of names) {
      const found = seen.metas.get(name)?.trim()
      if (found) return found
    }
    return ''
  }
  const linked = jsonLdFacts(seen.jsonLd)
  const authorUrl = webUrl(meta('article:author'), base) ?? webUrl(linked.authorUrl, base)
  return {
    title: cut(meta('og:title', 'twitter:title') || linked.title || seen.title, LONGEST.title),
    description: cut(meta('og:description', 'twitter:description', 'description'), LONGEST.text),
    language: languageOf(seen.language || meta('og:locale')),
    provider: cut(meta('og:site_name', 'application-name') || linked.publisher, LONGEST.title),
    authorName: cut(linked.authorName || meta('author', 'og:author'), LONGEST.title),
    authorUrl: authorUrl ?? '',
    creator: cut(meta('fediverse:creator'), LONGEST.title),
    image: webUrl(meta('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'), base),
    imageDescription: cut(meta('og:image:alt', 'twitter:image:alt'), LONGEST.text),
    publishedAt: timeOf(meta('article:published_time', 'og:article:published_time') || linked.published),
    oEmbed: webUrl(seen.oEmbed, base),
  }
}

type Seen = {
  title: string
  language: string
  metas: Map<string, string>
  jsonLd: string
  oEmbed: string
}

function scan(html: string): Seen {
  const seen: Seen = { title: '', language: '', metas: new Map(), jsonLd: '', oEmbed: '' }
  let inside: 'title' | 'json' | null = null
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'html') seen.language = attributes.lang ?? ''
      if (name === 'title' && seen.title === '') inside = 'title'
      if (name === 'script' && attributes.type === 'application/ld+json' && seen.jsonLd === '')
        inside = 'json'
      if (name === 'meta') takeMeta(seen.metas, attributes)
      if (name === 'link' && /json\+oembed/.test(attributes.type ?? '')) seen.oEmbed ||= attributes.href ?? ''
    },
    ontext(text) {
      if (inside === 'title' && seen.title.length < LONGEST.title) seen.title += text
      if (inside === 'json' && seen.jsonLd.length < MOST_JSON) seen.jsonLd += text
    },
    onclosetag(name) {
      if (name === 'title' || name === 'script') inside = null
    },
  })
  parser.end(html)
  return seen
}

function takeMeta(metas: Map<string, string>, attributes: Record<string, string>): void {
  const name = (attributes.property ?? attributes.name ?? attributes.itemprop)?.toLowerCase()
  if (!name || attributes.content === undefined || metas.size >= MOST_METAS || metas.has(name)) return
  metas.set(name, attributes.content)
}

type Linked = {
  title: string
  publisher: string
  authorName: string
  authorUrl: string
  published: string
}

function jsonLdFacts(text: string): Linked {
  const nothing = { title: '', publisher: '', authorName: '', authorUrl: '', published: '' }
  try {
    const parsed: unknown = JSON.parse(text)
    const things = Array.isArray(parsed) ? parsed : [parsed]
    const article = things.find((each) => isRecord(each) && /Article|Posting/.test(String(each['@type'])))
    if (!isRecord(article)) return nothing
    const author = [article.author].flat()[0]
    const publisher = article.publisher
    return {
      title: textOf(article.headline),
      publisher: isRecord(publisher) ? textOf(publisher.name) : '',
      authorName: isRecord(author) ? textOf(author.name) : textOf(author),
      authorUrl: isRecord(author) ? textOf(author.url) : '',
      published: textOf(article.datePublished),
    }
  } catch {
    return nothing
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const cut = (text: string, most: number) => text.replace(/\s+/g, ' ').trim().slice(0, most).toWellFormed()

/** An absolute http(s) address, or null. */
export function webUrl(text: string, base?: string): string | null {
  const url = text === '' ? null : URL.parse(text, base)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  return url && isWeb && url.href.length <= LONGEST.url ? url.href : null
}

function languageOf(text: string): string | null {
  return /^[a-z]{2,3}(?=[-_]|$)/i.exec(text.trim())?.[0].toLowerCase() ?? null
}

function timeOf(text: string): number | null {
  const time = Date.parse(text)
  return Number.isFinite(time) && time > 0 ? time : null
}
