import { z } from 'zod'
import { accountByHandle } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { PageFacts } from '#platform/page-facts.ts'
import { pageFacts, webUrl } from '#platform/page-facts.ts'
import type { CardRow } from './cards.ts'

const MOST_BYTES = 1024 * 1024
const MOST_OEMBED_BYTES = 128 * 1024
const PATIENCE = 10_000
/** How a page that is no page, or says nothing, is remembered. */
const NOTHING = {
  kind: 'link',
  title: '',
  description: '',
  language: null,
  provider_name: '',
  provider_url: '',
  author_name: '',
  author_url: '',
  author_account_id: null,
  embed_url: '',
  width: 0,
  height: 0,
  image_url: null,
  image_description: '',
  published_at: null,
  is_empty: 1,
} as const

/**
 * Fetches a page and makes of what it says of itself what a card shows (surface k): its head, then its oEmbed document
 * for films and pictures. A page that is no HTML gives an empty card. Throws HttpFailure when it cannot be had.
 */
export async function readPage(app: App, url: string): Promise<Omit<CardRow, 'id'>> {
  const empty = { ...NOTHING, url, fetched_at: app.now() }
  const headers = { accept: 'text/html, application/xhtml+xml;q=0.9' }
  const limits = { maxBytes: MOST_BYTES, cut: true, timeoutMs: PATIENCE }
  const page = await app.http.request({ method: 'GET', url, headers, ...limits })
  const type = page.headers['content-type'] ?? ''
  if (page.status !== 200 || !/\bx?html\b/.test(type)) return empty
  const facts = pageFacts(decoded(page.body, type), page.url)
  if (facts.title === '') return empty
  const { origin, host } = new URL(page.url)
  const account = await creatorOf(app, facts.creator, host)
  return {
    ...empty,
    title: facts.title,
    description: facts.description,
    language: facts.language,
    provider_name: facts.provider || host,
    provider_url: origin,
    author_name: facts.authorName,
    author_url: facts.authorUrl,
    author_account_id: account,
    image_url: facts.image,
    image_description: facts.imageDescription,
    published_at: facts.publishedAt,
    is_empty: 0,
    ...(await embedded(app, facts)),
  }
}

/** The text of a page in the character set that it, or who sent it, says; UTF-8 otherwise. */
function decoded(body: Buffer, type: string): string {
  const head = body.subarray(0, 2048).toString('latin1')
  const named = /charset=["']?([\w-]+)/i.exec(type)?.[1] ?? /<meta[^>]+charset=["']?([\w-]+)/i.exec(head)?.[1]
  try {
    return new TextDecoder(named ?? 'utf-8').decode(body)
  } catch {
    return body.toString('utf8')
  }
}

const OEmbed = z.object({
  type: z.string(),
  html: z.string().max(20_000).optional(),
  url: z.string().optional(),
  width: z.coerce.number().optional(),
  height: z.coerce.number().optional(),
  author_name: z.string().max(300).optional(),
  author_url: z.string().optional(),
  provider_name: z.string().max(300).optional(),
  thumbnail_url: z.string().optional(),
})

/** What the page's oEmbed document adds; nothing when it has none, or one that cannot be used. */
async function embedded(app: App, facts: PageFacts): Promise<Partial<CardRow>> {
  if (!facts.oEmbed) return {}
  const document = await app.http
    .request({ method: 'GET', url: facts.oEmbed, maxBytes: MOST_OEMBED_BYTES, timeoutMs: PATIENCE })
    .then((answer) => OEmbed.safeParse(JSON.parse(answer.body.toString('utf8'))).data)
    .catch(() => undefined)
  if (!document) return {}
  const said = {
    ...(document.author_name ? { author_name: document.author_name } : {}),
    ...(webUrl(document.author_url ?? '') ? { author_url: document.author_url } : {}),
    ...(document.provider_name ? { provider_name: document.provider_name } : {}),
    ...(facts.image || !webUrl(document.thumbnail_url ?? '') ? {} : { image_url: document.thumbnail_url }),
  }
  const size = { width: whole(document.width), height: whole(document.height) }
  const photo = webUrl(document.url ?? '')
  if (document.type === 'photo' && photo)
    return { ...said, ...size, kind: 'photo', image_url: photo, embed_url: photo }
  const frame = webUrl(
    /<iframe[^>]+src=["']([^"']+)["']/i.exec(document.html ?? '')?.[1]?.replaceAll('&amp;', '&') ?? '',
  )
  // Nothing of other people's HTML is shown but the address of a frame, which must be safe to load.
  if (document.type === 'video' && frame?.startsWith('https://'))
    return { ...said, ...size, kind: 'video', embed_url: frame }
  return said
}

const whole = (length: number | undefined) => Math.min(10_000, Math.max(0, Math.round(length ?? 0) || 0))

/** The account that a page names as its author, if that account names the page's domain as one it writes for. */
async function creatorOf(app: App, creator: string, host: string): Promise<number | null> {
  const [username = '', at = ''] = creator.replace(/^@/, '').split('@')
  if (username === '') return null
  const known = await accountByHandle(app, username, at.toLowerCase() || (app.domains.all()[0]?.name ?? ''))
  if (!known || known.suspended_at !== null) return null
  const domains = JSON.parse(known.attribution_domains) as string[]
  const isTheirs = domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
  return isTheirs ? known.id : null
}
