import { plainText } from '#platform/html.ts'
import type { Html } from '../html.ts'
import { html, safeUrl } from '../html.ts'
import type { Frame, Head } from '../layout.ts'
import { page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { aboutThisServer, side } from './lists.ts'
import { fullHandle, nameOf, plainName } from './names.ts'
import { excerpt } from './profile.ts'
import type { CardOptions, ShownStatus } from './status-card.ts'
import { statusCard } from './status-card.ts'

export type StatusData = {
  status: ShownStatus
  /** As the API's Context: root first, and the replies flat in their order. */
  ancestors: readonly ShownStatus[]
  descendants: readonly ShownStatus[]
  /** The author asked search engines to stay away. */
  noindex: boolean
  now: number
}

type Branch = { status: ShownStatus; replies: Branch[] }

/** How deep replies are shown below the post; deeper ones are behind a link. */
const DEPTH = 3
/** How many replies one page shows. */
const MOST_REPLIES = 40

/** One post with what came before and after it. */
export function statusPage(frame: Frame, data: StatusData): Html {
  const { status, ancestors, descendants, now } = data
  const { site } = frame
  const say = words.status
  const warning = status.spoiler_text
  const said = excerpt(warning || plainText(status.content), 70)
  const options = { now, domain: site.domain, inThread: true }
  const shown = descendants.slice(0, MOST_REPLIES)
  const back = html`<a href="${safeUrl(status.account.url)}">${say.backToProfile(nameOf(status.account))}</a>`
  const body = html`
    <div class="pair">
      <div class="column" data-part="column">
        <h1 class="hidden-text">${say.title(plainName(status.account), said)}</h1>
        ${
          ancestors.length > 0 &&
          html`<ol class="thread ancestors">${ancestors.map((each) => html`<li>${statusCard(each, options)}</li>`)}</ol>`
        }
        ${statusCard(status, { ...options, focus: true })}
        <h2 class="part">${descendants.length > 0 ? say.repliesHere(descendants.length) : say.noReplies}</h2>
        ${branches(tree(status, shown), options, 1)}
        ${
          shown.length < descendants.length &&
          html`<p class="end">${say.moreReplies(descendants.length - shown.length)}</p>`
        }
      </div>
      ${side([aboutThisServer(frame), html`<section><p>${back}</p></section>`])}
    </div>
  `
  return page(frame, {
    title: say.title(plainName(status.account), said),
    body,
    head: headOf(frame, data, said),
  })
}

function headOf({ site }: Frame, { status, noindex, descendants }: StatusData, said: string): Head {
  const { account } = status
  const warning = status.spoiler_text
  const description = excerpt(warning || plainText(status.content), 300)
  const picture =
    status.sensitive || warning ? undefined : status.media_attachments.find(({ type }) => type === 'image')
  const handle = fullHandle(account, site.domain)
  const title = words.status.title(plainName(account), said)
  const url = status.url ?? status.uri
  const size = picture?.meta?.original
  return {
    description,
    canonical: url,
    robots: noindex ? 'noindex' : undefined,
    author: account.url,
    alternates: [
      { type: 'application/activity+json', href: status.uri },
      {
        type: 'application/rss+xml',
        href: `${site.origin}${paths.profileFeed(account.username)}`,
        title: handle,
      },
    ],
    creator: handle,
    openGraph: {
      type: 'article',
      title: words.profile.title(plainName(account), handle),
      description,
      url,
      publishedTime: status.created_at,
      image: picture
        ? { url: picture.preview_url ?? picture.url ?? '', alt: picture.description, ...size, large: true }
        : { url: account.avatar_static },
    },
    jsonLd: postData(status, title, description, picture?.url, descendants.length),
  }
}

function postData(
  { account, ...status }: ShownStatus,
  headline: string,
  text: string,
  image: string | null | undefined,
  replies: number,
): unknown {
  const count = (type: string, n: number) => ({
    '@type': 'InteractionCounter',
    interactionType: `https://schema.org/${type}`,
    userInteractionCount: n,
  })
  return {
    '@context': 'https://schema.org',
    '@type': 'SocialMediaPosting',
    url: status.url ?? status.uri,
    identifier: status.uri,
    headline,
    text,
    datePublished: status.created_at,
    ...(status.edited_at ? { dateModified: status.edited_at } : {}),
    ...(status.language ? { inLanguage: status.language } : {}),
    ...(image ? { image } : {}),
    author: { '@type': 'Person', name: plainName(account), url: account.url },
    commentCount: Math.max(status.replies_count, replies),
    interactionStatistic: [
      count('LikeAction', status.favourites_count),
      count('ShareAction', status.reblogs_count),
    ],
  }
}

function tree(root: ShownStatus, descendants: readonly ShownStatus[]): Branch[] {
  const top: Branch[] = []
  const known = new Map<string, Branch[]>([[root.id, top]])
  for (const status of descendants) {
    const branch: Branch = { status, replies: [] }
    known.set(status.id, branch.replies)
    // One whose parent was hidden or deleted hangs on the post itself.
    const siblings = known.get(status.in_reply_to_id ?? '') ?? top
    siblings.push(branch)
  }
  return top
}

function branches(all: Branch[], options: CardOptions, depth: number): Html | false {
  if (all.length === 0) return false
  return html`
    <ol class="replies">
      ${all.map(({ status, replies }) => {
        const more = depth === DEPTH && replies.length > 0
        const link = safeUrl(status.url) || safeUrl(status.uri)
        return html`
          <li>
            ${statusCard(status, options)}
            ${more ? html`<a class="thread-more" href="${link}">${words.status.continueThread}</a>` : branches(replies, options, depth + 1)}
          </li>
        `
      })}
    </ol>
  `
}
