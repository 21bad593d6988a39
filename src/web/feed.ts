import { safeUrl } from './html.ts'
import type { Site } from './layout.ts'
import { paths } from './paths.ts'
import type { ShownMedia } from './views/media.ts'
import { fullHandle, plainName } from './views/names.ts'
import type { ShownProfile } from './views/profile.ts'
import type { ShownStatus } from './views/status-card.ts'
import { words } from './words.ts'

const TYPES: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  wav: 'audio/wav',
}
const USUAL: Record<ShownMedia['type'], string> = {
  image: 'image/jpeg',
  gifv: 'video/mp4',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  unknown: 'application/octet-stream',
}

/** The type to serve a feed as. */
export const FEED_TYPE = 'application/rss+xml; charset=utf-8'

type Channel = { title: string; description: string; link: string; self: string; image: string }

/** The public posts of a profile as RSS 2.0, newest first, boosts left out; well-formed whatever they hold (XSS-10). */
export function profileFeed(
  site: Site,
  account: ShownProfile,
  statuses: readonly ShownStatus[],
  path = paths.profileFeed(account.username),
): string {
  const image = element(
    'image',
    element('url', xml(account.avatar)) +
      element('title', xml(plainName(account))) +
      element('link', xml(account.url)),
  )
  const open = /^(?:public|unlisted)$/
  return channel(
    {
      title: plainName(account),
      description: words.feed.description(fullHandle(account, site.domain)),
      link: account.url,
      self: site.origin + path,
      image,
    },
    statuses.filter(({ reblog, visibility }) => !reblog && open.test(visibility)),
  )
}

/** The public posts under a hashtag as RSS 2.0, newest first. */
export function tagFeed(site: Site, name: string, statuses: readonly ShownStatus[], path: string): string {
  const link = `${site.origin}${paths.tag(name)}`
  const about = {
    title: `#${name}`,
    description: words.feed.tag(name),
    link,
    self: site.origin + path,
    image: '',
  }
  return channel(
    about,
    statuses.filter(({ reblog, visibility }) => !reblog && visibility === 'public'),
  )
}

function channel({ title, description, link, self, image }: Channel, own: readonly ShownStatus[]): string {
  const newest = own[0]?.created_at
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">',
    '<channel>',
    element('title', xml(title)),
    element('description', xml(description)),
    element('link', xml(link)),
    `<atom:link rel="self" type="application/rss+xml" href="${xml(self)}"/>`,
    ...(image ? [image] : []),
    ...(newest ? [element('lastBuildDate', moment(newest))] : []),
    element('generator', 'Hyrax'),
    ...own.map(item),
    '</channel>',
    '</rss>',
    '',
  ].join('\n')
}

/** Text made safe for XML: escaped, and without the characters that XML 1.0 forbids. */
export function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function item(status: ShownStatus): string {
  const link = xml(status.url ?? status.uri)
  return element(
    'item',
    [
      '',
      `<guid isPermaLink="${status.url ? 'true' : 'false'}">${link}</guid>`,
      element('link', link),
      element('pubDate', moment(status.created_at)),
      element('description', xml(described(status))),
      ...enclosure(status),
      ...status.media_attachments.map((media) => content(media, status.sensitive)),
      ...status.tags.map(({ name }) => element('category', xml(name))),
      '',
    ].join('\n'),
  )
}

/** HTML as readers expect it: the warning first, then the text, then the answers of a poll and what is quoted. */
function described({ spoiler_text: warning, content: text, poll, quote }: ShownStatus): string {
  const before = warning ? `<p><strong>${xml(words.feed.warning(warning))}</strong></p><hr>` : ''
  const options = poll?.options.map(({ title }) => `<li>${xml(title)}</li>`).join('')
  const quoted = quote?.quoted_status
  const link = quoted && safeUrl(quoted.url ?? quoted.uri)
  const leading =
    link && !text.includes(xml(link)) ? `<p>RE: <a href="${xml(link)}">${xml(link)}</a></p>` : ''
  return before + text + (options ? `<ul>${options}</ul>` : '') + leading
}

/** Readers take one enclosure; podcast apps look for the sound first. */
function enclosure({ media_attachments: media }: ShownStatus): string[] {
  const chosen = media.find(({ type }) => type === 'audio') ?? media[0]
  if (!chosen?.url) return []
  return [`<enclosure url="${xml(chosen.url)}" length="0" type="${typeOf(chosen)}"/>`]
}

function content(media: ShownMedia, sensitive: boolean): string {
  if (!media.url) return ''
  const medium = media.type === 'gifv' ? 'video' : media.type === 'unknown' ? 'document' : media.type
  const { width, height } = media.meta?.original ?? {}
  const size = width && height ? ` width="${Math.round(width)}" height="${Math.round(height)}"` : ''
  const description = media.description
    ? `<media:description type="plain">${xml(media.description)}</media:description>`
    : ''
  return (
    `<media:content url="${xml(media.url)}" type="${typeOf(media)}" medium="${medium}"${size}>` +
    `<media:rating scheme="urn:simple">${sensitive ? 'adult' : 'nonadult'}</media:rating>${description}</media:content>`
  )
}

function typeOf({ type, url }: ShownMedia): string {
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url ?? '')?.[1]?.toLowerCase() ?? ''
  const guessed = TYPES[ending]
  const kind = type === 'gifv' ? 'video' : type
  // A GIF kept as a video, or an address without an ending: the kind we know wins over the guess.
  return guessed && (kind === 'unknown' || guessed.startsWith(kind)) ? guessed : USUAL[type]
}

function element(name: string, inside: string): string {
  return `<${name}>${inside}</${name}>`
}

function moment(iso: string): string {
  return new Date(iso).toUTCString()
}
