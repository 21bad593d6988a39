import type { Html } from '../html.ts'
import { html, safeUrl } from '../html.ts'
import { words } from '../words.ts'
import { quoteWords as say } from '../words-quotes.ts'
import { contentOf } from './content.ts'
import type { ShownMedia } from './media.ts'
import { mediaInWords } from './media.ts'
import type { ShownEmoji, ShownName } from './names.ts'
import { avatar, nameOf } from './names.ts'
import { shortTime } from './times.ts'

/** What a quote shows of the post within; the API's Status fits. */
export type ShownQuoted = {
  uri: string
  url: string | null
  account: ShownName
  created_at: string
  content: string
  spoiler_text: string
  language: string | null
  emojis: readonly ShownEmoji[]
  media_attachments: readonly ShownMedia[]
  poll: object | null
  quote: { state: string } | null
}

/** As Quote or ShallowQuote of the API. */
export type ShownQuote = { state: string; quoted_status?: ShownQuoted | null }

/** A post within a post, or why it is not shown; nothing where nothing is quoted. */
export function quoteOf(quote: ShownQuote | null, now: number): Html | false {
  if (!quote) return false
  const { state, quoted_status: quoted } = quote
  // What a reader hid is not brought back by somebody who quotes it.
  if (state !== 'accepted' || !quoted) return html`<p class="quote unshown">${say.whyNot(state)}</p>`
  const url = safeUrl(quoted.url) || safeUrl(quoted.uri)
  const inside = mediaInWords(quoted.media_attachments, quoted.poll !== null)
  if (quoted.quote) inside.push(say.quotesAnother)
  return html`
    <article class="quote h-cite" data-part="quote">
      <header>
        <a class="status-author p-author h-card" href="${safeUrl(quoted.account.url)}">
          ${avatar(quoted.account, 24)} <span class="name p-name">${nameOf(quoted.account)}</span>
        </a>
        <a class="u-url" href="${url}" title="${say.open}">${shortTime(quoted.created_at, now)}</a>
      </header>
      ${wordsOf(quoted)}
      ${inside.length > 0 && html`<p class="hint"><a href="${url}">${inside.join(', ')}</a></p>`}
    </article>
  `
}

function wordsOf({ spoiler_text: warning, content, emojis, language }: ShownQuoted): Html | false {
  if (warning)
    return html`<p dir="auto"><span class="hidden-text">${words.status.warning}: </span><b class="p-summary">${warning}</b></p>`
  if (!content) return false
  return html`<div class="text e-content" dir="auto"${language && html` lang="${language}"`}>${contentOf(content, emojis)}</div>`
}
