import { accountByHandle } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import type { FetchedPage } from '#platform/fetch-page.ts'
import { fetchPage } from '#platform/fetch-page.ts'
import { webUrl } from '#platform/page-facts.ts'
import type { CardRow } from './cards.ts'

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
  blurhash: null,
  published_at: null,
  is_empty: 1,
} as const

/** What is kept of a page that is none, or says nothing worth showing. */
export const emptyCard = (app: App, url: string): Omit<CardRow, 'id'> => ({
  ...NOTHING,
  url,
  fetched_at: app.now(),
})

/**
 * Fetches a page and makes of what it says of itself what a card shows (surface k): its head, then its oEmbed document
 * for films and pictures. A page that is no HTML gives an empty card. Throws HttpFailure when it cannot be had.
 */
export async function readPage(app: App, url: string): Promise<Omit<CardRow, 'id'>> {
  const empty = emptyCard(app, url)
  const page = await fetchPage(app.http, url)
  if (!page) return empty
  const { facts } = page
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
    ...embedded(page),
  }
}

/** What the page's oEmbed document adds; nothing when it has none. */
function embedded({ facts, oEmbed: document }: FetchedPage): Partial<CardRow> {
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
  // Nothing of other people's HTML is shown but the address of a frame of a host that shows films (XSS-07).
  if (document.type === 'video' && frame && mayFrame(frame))
    return { ...said, ...size, kind: 'video', embed_url: frame }
  return said
}

/** Hosts whose players may be framed. */
const PLAYERS = new Set([
  'www.youtube.com',
  'www.youtube-nocookie.com',
  'player.vimeo.com',
  'www.dailymotion.com',
  'geo.dailymotion.com',
  'player.twitch.tv',
  'w.soundcloud.com',
  'open.spotify.com',
  'bandcamp.com',
  'archive.org',
  'framatube.org',
])

function mayFrame(address: string): boolean {
  const { protocol, host } = new URL(address)
  return protocol === 'https:' && PLAYERS.has(host)
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
