import { plainText } from '#platform/html.ts'
import type { Html } from '../html.ts'
import { html, safeUrl } from '../html.ts'
import { icon } from '../icons.ts'
import type { Frame, Head } from '../layout.ts'
import { noticeBox, page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { contentOf, linksIn } from './content.ts'
import type { Neighbours } from './lists.ts'
import { aboutThisServer, empty, side, statusList } from './lists.ts'
import type { ShownName } from './names.ts'
import { avatar, fullHandle, nameOf, plainName, toneOf } from './names.ts'
import type { ShownStatus } from './status-card.ts'
import { statusCard } from './status-card.ts'
import { dateOf, monthOf } from './times.ts'

/** What a profile shows of an account; the API's Account fits. */
export type ShownProfile = ShownName & {
  uri: string
  /** Sanitised HTML. */
  note: string
  fields: readonly { name: string; value: string; verified_at: string | null }[]
  avatar: string
  avatar_description: string
  header_static: string
  header_description: string
  locked: boolean
  bot: boolean
  group: boolean
  created_at: string
  statuses_count: number
  following_count: number
  followers_count: number
  noindex?: boolean
  memorial?: boolean
  suspended?: boolean
  limited?: boolean
  moved?: ShownName | null
}

export type ProfileTab = 'posts' | 'replies' | 'media'

export type ProfileData = Neighbours & {
  account: ShownProfile
  tab: ProfileTab
  /** Newest first; the pinned ones are given apart and only on the first page. */
  statuses: readonly ShownStatus[]
  pinned: readonly ShownStatus[]
  now: number
}

/** The public page of a local account. */
export function profilePage(frame: Frame, data: ProfileData): Html {
  const { account, statuses, pinned, now, tab } = data
  const { site } = frame
  const title = words.profile.title(plainName(account), fullHandle(account, site.domain))
  const emptyWords = tab === 'media' ? words.profile.emptyMedia : words.profile.empty
  const body = html`
    <div class="pair">
      <div class="column" data-part="column">
        ${profileHead(account, frame)}
        ${
          account.suspended
            ? empty(words.profile.suspended)
            : html`
                ${tabs(account, tab)}
                ${pinned.length > 0 && html`<div class="feed">${pinned.map((status) => statusCard(status, { now, domain: site.domain, pinned: true }))}</div><hr>`}
                ${
                  (statuses.length > 0 || pinned.length === 0) &&
                  statusList(statuses, now, site.domain, data, emptyWords)
                }
              `
        }
      </div>
      ${side([aboutThisServer(frame)])}
    </div>
  `
  return page(frame, { title, body, head: headOf(frame, data, title) })
}

function headOf({ site }: Frame, { account }: ProfileData, title: string): Head {
  const handle = fullHandle(account, site.domain)
  const description = excerpt(plainText(account.note), 300)
  const image = safeUrl(account.avatar)
  const feed = `${site.origin}${paths.profileFeed(account.username)}`
  return {
    description: description || handle,
    canonical: account.url,
    robots: account.noindex || account.suspended ? 'noindex' : undefined,
    alternates: [
      { type: 'application/activity+json', href: account.uri },
      { type: 'application/rss+xml', href: feed, title },
    ],
    me: account.fields.flatMap(({ value }) => linksIn(value)).filter((url) => /^https?:/.test(url)),
    creator: handle,
    openGraph: {
      type: 'profile',
      title,
      description,
      url: account.url,
      username: handle.slice(1),
      image: image ? { url: image, alt: account.avatar_description } : null,
    },
    jsonLd: account.suspended ? undefined : profileData(account, handle, description),
  }
}

function profileData(account: ShownProfile, handle: string, description: string): unknown {
  const count = (type: string, n: number) => ({
    '@type': 'InteractionCounter',
    interactionType: `https://schema.org/${type}`,
    userInteractionCount: n,
  })
  return {
    '@context': 'https://schema.org',
    '@type': 'ProfilePage',
    dateCreated: account.created_at,
    mainEntity: {
      '@type': account.group ? 'Organization' : 'Person',
      name: plainName(account),
      alternateName: handle,
      identifier: account.uri,
      description,
      url: account.url,
      image: account.avatar,
      interactionStatistic: [count('FollowAction', account.followers_count)],
      agentInteractionStatistic: count('WriteAction', account.statuses_count),
    },
  }
}

function profileHead(account: ShownProfile, { site, viewer }: Frame): Html {
  const say = words.profile
  const handle = fullHandle(account, site.domain)
  const header = safeUrl(account.header_static)
  const banner = header && !header.endsWith('/missing.png')
  const mayFollow =
    viewer?.username !== account.username && !account.memorial && !account.suspended && !account.moved
  return html`
    <header class="profile-head h-card" data-part="profile-head">
      ${
        banner
          ? html`<img class="banner u-featured" data-part="banner" src="${header}" alt="${account.header_description}" width="1500" height="500">`
          : html`<div class="banner" data-part="banner" data-tone="${toneOf(account.username)}"></div>`
      }
      <div class="profile-body">
        <div class="profile-row">${avatar(account, 96)}${mayFollow && follow(account, handle)}</div>
        <div>
          <h1 class="profile-name p-name">${nameOf(account)}${account.bot && html` <span class="badge">${say.bot}</span>`}${account.group && html` <span class="badge">${say.group}</span>`}</h1>
          <p class="profile-handle"><data class="u-url u-uid" value="${safeUrl(account.url)}"></data><bdi class="p-nickname">${handle}</bdi></p>
        </div>
        ${states(account)}
        ${account.note && html`<div class="text p-note" dir="auto">${contentOf(account.note, account.emojis, { me: true })}</div>`}
        ${account.fields.length > 0 && fields(account)}
        ${
          !account.suspended &&
          html`
            <p class="profile-counts">
              <span>${say.joined(monthOf(account.created_at))}</span>
              <span class="count">${say.countPosts(account.statuses_count)}</span>
              <span class="count">${say.countFollowing(account.following_count)}</span>
              <span class="count">${say.countFollowers(account.followers_count)}</span>
            </p>
          `
        }
      </div>
    </header>
  `
}

function follow(account: ShownProfile, handle: string): Html {
  const say = words.profile
  return html`
    <details>
      <summary class="button main">${say.follow}</summary>
      <div class="follow-help">
        <p>${say.followHow(nameOf(account))}</p>
        <p><span class="copyable inline">${handle}</span></p>
      </div>
    </details>
  `
}

function states(account: ShownProfile): Html {
  const say = words.profile
  const { moved } = account
  const link = moved && html`<a href="${safeUrl(moved.url)}"><bdi>@${moved.acct}</bdi></a>`
  return html`
    ${link && noticeBox({ kind: 'warn', text: say.moved(nameOf(account), link) })}
    ${account.memorial && noticeBox({ kind: 'info', text: say.memorial })}
    ${account.limited && noticeBox({ kind: 'warn', text: say.limited })}
  `
}

function fields({ fields: all, emojis }: ShownProfile): Html {
  return html`
    <dl class="fields">
      ${all.map(({ name, value, verified_at: verified }) => {
        const [url] = linksIn(value)
        return html`
          <div>
            <dt dir="auto">${name}</dt>
            <dd dir="auto">${verified && url ? verifiedLink(url, verified) : contentOf(value, emojis, { me: true })}</dd>
          </div>
        `
      })}
    </dl>
  `
}

/** The mark vouches for an address, so the address is shown whole. */
function verifiedLink(url: string, verified: string): Html {
  const text = url.replace(/^https?:\/\//, '').replace(/\/$/, '')
  return html`<a href="${safeUrl(url)}" rel="me nofollow noopener noreferrer">${text}</a> <span class="verified">${icon('check')}${words.profile.verified(dateOf(verified))}</span>`
}

function tabs({ username }: ShownProfile, now: ProfileTab): Html {
  const say = words.profile
  const all: [ProfileTab, string, string][] = [
    ['posts', say.posts, paths.profile(username)],
    ['replies', say.replies, paths.profileReplies(username)],
    ['media', say.media, paths.profileMedia(username)],
  ]
  return html`
    <nav class="tabs" aria-label="${say.tabs}">
      ${all.map(([tab, label, href]) => html`<a href="${href}"${tab === now && html` aria-current="page"`}>${label}</a>`)}
      <a class="aside" href="${paths.profileFeed(username)}" type="application/rss+xml">${icon('feed')}${say.feed}</a>
    </nav>
  `
}

/** The beginning of a text on one line, cut at a word. */
export function excerpt(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= length) return line
  const cut = line.slice(0, length).toWellFormed()
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), length - 30)).replace(/\uFFFD$/, '')}…`
}
