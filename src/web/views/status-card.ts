import type { Html, Value } from '../html.ts'
import { html, joined, safeUrl } from '../html.ts'
import type { IconName } from '../icons.ts'
import { icon } from '../icons.ts'
import { words } from '../words.ts'
import { contentOf } from './content.ts'
import type { ShownMedia } from './media.ts'
import { mediaInWords, mediaOf } from './media.ts'
import type { ShownEmoji, ShownName } from './names.ts'
import { avatar, fullHandle, nameOf } from './names.ts'
import type { ShownQuote } from './quote.ts'
import { quoteOf } from './quote.ts'
import { dateOf, fullTime, longTime, shortTime } from './times.ts'

/** What a card shows of a status; the API's Status fits. */
export type ShownStatus = {
  id: string
  uri: string
  url: string | null
  account: ShownName
  created_at: string
  edited_at: string | null
  /** Sanitised HTML. */
  content: string
  spoiler_text: string
  sensitive: boolean
  visibility: 'public' | 'unlisted' | 'private' | 'direct'
  language: string | null
  in_reply_to_id: string | null
  in_reply_to_account_id: string | null
  mentions: readonly { id: string; acct: string; url: string }[]
  tags: readonly { name: string; url: string }[]
  emojis: readonly ShownEmoji[]
  media_attachments: readonly ShownMedia[]
  replies_count: number
  reblogs_count: number
  favourites_count: number
  application?: { name: string; website: string | null } | null
  pinned?: boolean
  poll: ShownPoll | null
  card: ShownPreview | null
  quote: ShownQuote | null
  reblog: ShownStatus | null
}

/** As Poll of the API. */
export type ShownPoll = {
  expires_at: string | null
  expired: boolean
  multiple: boolean
  votes_count: number
  voters_count: number | null
  options: readonly { title: string; votes_count: number | null }[]
  emojis: readonly ShownEmoji[]
}

/** As PreviewCard of the API. */
export type ShownPreview = {
  url: string
  title: string
  description: string
  provider_name: string
  image: string | null
}

export type CardOptions = {
  /** In ms since 1970. */
  now: number
  /** Our handle domain, for full handles. */
  domain: string
  /** The post a page is about: larger, with everything known. */
  focus?: boolean
  /** Says "Pinned" above it. */
  pinned?: boolean
  /** Stands under the post it answers, which therefore need not be named. */
  inThread?: boolean
}

const AUDIENCE_ICON: Record<string, IconName> = { unlisted: 'unlisted', private: 'private', direct: 'direct' }

/** One post. A boost shows the boosted post and who boosted it. */
export function statusCard(given: ShownStatus, options: CardOptions): Html {
  const status = given.reblog ?? given
  const { account } = status
  const { focus = false } = options
  return html`
    <article class="status h-entry${focus && ' focus'}" data-part="status" id="${options.pinned ? 'pinned-' : 's'}${given.id}">
      ${context(given, options)}
      <a class="status-avatar" href="${safeUrl(account.url)}" tabindex="-1" aria-hidden="true">${avatar(account)}</a>
      ${head(status, options)}
      <div class="status-body" data-part="status-body">${warned(status, quoteOf(status.quote, options.now))}</div>
      ${foot(status, options)}
    </article>
  `
}

function context(given: ShownStatus, { pinned, focus, inThread }: CardOptions): Html | false {
  const say = words.status
  if (given.reblog) {
    const booster = html`<a href="${safeUrl(given.account.url)}">${nameOf(given.account)}</a>`
    return html`<p class="status-context boosted">${icon('boost')}<span>${say.boosted(booster)}</span></p>`
  }
  if (pinned) return html`<p class="status-context">${icon('pin')}<span>${words.profile.pinned}</span></p>`
  if (!given.in_reply_to_id || focus || inThread) return false
  const target = given.mentions.find(({ id }) => id === given.in_reply_to_account_id)
  const handle = target && html`<a href="${safeUrl(target.url)}"><bdi>@${target.acct}</bdi></a>`
  return html`<p class="status-context">${icon('reply')}<span>${handle ? say.repliedTo(handle) : say.replied}</span></p>`
}

function head({ account, ...status }: ShownStatus, { now, domain, focus }: CardOptions): Html {
  const handle = fullHandle(account, domain)
  const shown = focus ? handle : `@${account.acct.split('@')[0]}`
  return html`
    <header class="status-head" data-part="status-head">
      <a class="status-author p-author h-card" href="${safeUrl(account.url)}" title="${handle}">
        <span class="name p-name" data-part="name">${nameOf(account)}</span>
        ${' '}<span class="handle"><bdi>${shown}</bdi></span>
      </a>
      ${
        !focus &&
        html`
          <span class="status-when">
            <a class="u-url" href="${addressOf(status)}">${shortTime(status.created_at, now)}</a>
            ${status.edited_at && html`<span title="${words.status.editedAt(fullTime(status.edited_at))}">· ${words.status.edited}</span>`}
            ${audience(status.visibility)}
          </span>
        `
      }
    </header>
  `
}

function audience(visibility: ShownStatus['visibility']): Html | false {
  const drawing = AUDIENCE_ICON[visibility]
  const said = words.status.audience[visibility]
  return (
    drawing !== undefined &&
    html`<span role="img" aria-label="${said}" title="${said}">${icon(drawing)}</span>`
  )
}

function warned(status: ShownStatus, quote: Html | false): Html {
  const { spoiler_text: warning, media_attachments: media, poll, card } = status
  const say = words.status
  if (!warning) {
    const pictures = media.length > 0 && mediaOf(media)
    return html`
      ${text(status)}
      ${
        pictures && status.sensitive
          ? html`<details class="cover">${summary(say.sensitive, mediaInWords(media, false))}${pictures}</details>`
          : pictures
      }
      ${poll && pollOf(poll)}
      ${quote}
      ${media.length === 0 && !quote && card && preview(card)}
    `
  }
  const inside = [...(status.content ? [say.text] : []), ...mediaInWords(media, poll !== null)]
  return html`
    <details class="cw">
      ${summary(html`<span class="hidden-text">${say.warning}: </span><b class="p-summary" dir="auto">${warning}</b>`, inside)}
      ${text(status)}
      ${media.length > 0 && mediaOf(media)}
      ${poll && pollOf(poll)}
      ${quote}
    </details>
  `
}

function summary(about: Value, inside: string[]): Html {
  const say = words.status
  return html`
    <summary>
      <span class="words">
        ${about}
        ${inside.length > 0 && html`<span class="inside">${inside.join(', ')}</span>`}
      </span>
      <span class="toggle"><span class="more">${say.show}</span><span class="less">${say.hide}</span></span>
    </summary>
  `
}

function text({ content, emojis, language, quote }: ShownStatus): Html | false {
  if (!content) return false
  return html`<div class="text e-content${quote && ' quoting'}" dir="auto"${language && html` lang="${language}"`}>${contentOf(content, emojis)}</div>`
}

function pollOf(poll: ShownPoll): Html {
  const say = words.status
  const people = poll.voters_count ?? poll.votes_count
  const most = Math.max(...poll.options.map((option) => option.votes_count ?? 0))
  const when = poll.expires_at && dateOf(poll.expires_at)
  const count = poll.voters_count === null ? say.pollVotes(poll.votes_count) : say.voters(poll.voters_count)
  const end = when ? (poll.expired ? say.pollEnded(when) : say.pollEnds(when)) : poll.expired && say.pollOver
  return html`
    <div class="poll">
      ${poll.options.map(({ title, votes_count: votes }) => {
        const percent = people > 0 && votes !== null ? Math.round((votes / people) * 100) : 0
        const won = poll.expired && votes === most && most > 0
        return html`
          <div>
            <p class="poll-line${won && ' won'}">
              <span dir="auto">${won && icon('check')} ${title}</span>
              ${votes !== null && html`<span>${say.votes(percent)}</span>`}
            </p>
            ${votes !== null && html`<meter value="${percent}" min="0" max="100" aria-hidden="true"></meter>`}
          </div>
        `
      })}
      <p class="hint">${joined([count, end], ' · ')}</p>
    </div>
  `
}

function preview(card: ShownPreview): Html | false {
  const url = safeUrl(card.url)
  if (!url || !URL.canParse(url)) return false
  const image = safeUrl(card.image)
  return html`
    <a class="card" href="${url}" rel="nofollow noopener noreferrer">
      ${image && html`<img src="${image}" alt="" loading="lazy" decoding="async">`}
      <span>
        <span>${new URL(url).host}</span>
        <span class="title" dir="auto">${card.title}</span>
        ${card.description && html`<span dir="auto">${card.description}</span>`}
      </span>
    </a>
  `
}

function foot(status: ShownStatus, { focus }: CardOptions): Html | false {
  const say = words.status
  const { replies_count: replies, reblogs_count: boosts, favourites_count: favourites } = status
  const counts: [IconName, number, string][] = [
    ['reply', replies, say.countReplies(replies)],
    ['boost', boosts, say.countBoosts(boosts)],
    ['star', favourites, say.countFavourites(favourites)],
  ]
  if (focus) {
    return html`
      <footer class="status-foot" data-part="status-foot">
        <span class="meta">${joined(details(status), html`<span aria-hidden="true">·</span>`)}</span>
        ${counts.map(([name, , said]) => html`<span>${icon(name)}${said}</span>`)}
      </footer>
    `
  }
  const some = counts.filter(([, count]) => count > 0)
  if (some.length === 0) return false
  return html`
    <footer class="status-foot" data-part="status-foot">
      ${some.map(
        ([name, count, said]) =>
          html`<span role="img" aria-label="${said}">${icon(name)}${words.number(count)}</span>`,
      )}
    </footer>
  `
}

function details(status: ShownStatus): Value[] {
  const say = words.status
  const { application: app } = status
  const website = safeUrl(app?.website)
  const name =
    app &&
    (website ? html`<a href="${website}" rel="nofollow noopener noreferrer">${app.name}</a>` : app.name)
  return [
    html`<a class="u-url" href="${addressOf(status)}">${longTime(status.created_at)}</a>`,
    status.edited_at && html`<span>${say.editedAt(fullTime(status.edited_at))}</span>`,
    html`<span>${say.audience[status.visibility]}</span>`,
    name && html`<span>${say.from(name)}</span>`,
  ]
}

function addressOf(status: Pick<ShownStatus, 'url' | 'uri'>): string {
  return safeUrl(status.url) || safeUrl(status.uri)
}
