import type { Status } from '#statuses/entities.ts'
import { Avatar } from '../pieces/avatar.tsx'
import { Name, profilePath } from '../pieces/name.tsx'
import { Time } from '../pieces/time.tsx'
import { say } from '../words.ts'
import { contentOf } from './content.tsx'
import { mediaInWords } from './media.tsx'

type Quote = NonNullable<Status['quote']>

/** A post within a post; or in one line why it is not shown. */
export function QuoteBox({ quote }: { quote: Quote }) {
  const quoted = 'quoted_status' in quote ? quote.quoted_status : null
  if (quote.state !== 'accepted' || !quoted)
    return <p class="quote unshown">{say(`quote-${quote.state.replace('_', '-')}`)}</p>
  const { account, content, spoiler_text: warning, media_attachments: media, poll, language } = quoted
  const inside = [mediaInWords(media, poll !== null), quoted.quote ? say('quote-another') : ''].filter(
    Boolean,
  )
  const path = `${profilePath(account)}/${quoted.id}`
  return (
    <article class="quote h-cite" data-part="quote" aria-label={say('quoted-post')}>
      <header>
        <a class="status-author p-author h-card" href={profilePath(account)}>
          <Avatar account={account} size={24} />{' '}
          <span class="name p-name">
            <Name account={account} />
          </span>
        </a>
        <a class="u-url" href={path} title={say('quote-open')}>
          <Time iso={quoted.created_at} />
        </a>
      </header>
      {warning ? (
        <p dir="auto">
          <b>{warning}</b>
        </p>
      ) : (
        content && (
          <div class="text e-content" dir="auto" lang={language ?? undefined}>
            {contentOf(content, quoted)}
          </div>
        )
      )}
      {inside.length > 0 && (
        <p class="hint">
          <a href={path}>{inside.join(', ')}</a>
        </p>
      )}
    </article>
  )
}
