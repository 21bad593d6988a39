import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import type { Status } from '#statuses/entities.ts'
import { boot } from '../boot.ts'
import { Avatar } from '../pieces/avatar.tsx'
import { Icon } from '../pieces/icon.tsx'
import { fullHandle, Name, profilePath, withEmojis } from '../pieces/name.tsx'
import { fullTime, Time } from '../pieces/time.tsx'
import { gone, statuses } from '../store.ts'
import { say } from '../words.ts'
import { Actions } from './actions.tsx'
import { Card } from './card.tsx'
import { contentOf } from './content.tsx'
import { MediaBox, mediaInWords } from './media.tsx'
import { PollBox } from './poll.tsx'
import { QuoteBox } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { TranslateLine, translated } from './translate.tsx'

export type CardOptions = {
  /** The post a page is about: larger, with everything known. */
  focus?: boolean
  /** Stands under the post it answers, which therefore need not be named. */
  inThread?: boolean
  pinned?: boolean
}

/** Where the app shows a post. */
export const statusPath = (status: Pick<Status, 'id' | 'account'>): string =>
  `${profilePath(status.account)}/${status.id}`

/** One post by its id. A boost shows the boosted post and who boosted it. */
export function StatusCard({ id, ...options }: { id: string } & CardOptions) {
  const given = statuses.get(id)?.value
  const { route } = useLocation()
  if (!given) return null
  const status = given.reblog ? (statuses.get(given.reblog.id)?.value ?? given.reblog) : given
  const { focus = false } = options
  const label = `s${id}`
  const isGone = gone.value.has(id) || gone.value.has(status.id)
  const open = (event: MouseEvent) => {
    const target = event.target as Element
    if (focus || isGone || target.closest('a,button,input,label,summary,video,audio,details,form,[popover]'))
      return
    if (String(getSelection())) return
    route(statusPath(status))
  }
  return (
    <article
      class={`status h-entry${focus ? ' focus' : ''}${isGone ? ' gone' : ''}`}
      data-part="status"
      data-id={status.id}
      aria-labelledby={`${label}-name ${label}-text`}
      tabIndex={-1}
      onClick={open}
    >
      <ContextLine given={given} status={status} {...options} />
      <a class="status-avatar" href={profilePath(status.account)} tabIndex={-1} aria-hidden="true">
        <Avatar account={status.account} />
      </a>
      <Head status={status} focus={focus} label={label} />
      <div class="status-body" data-part="status-body" id={`${label}-text`}>
        {isGone ? <p class="hint">{say('deleted-by-author')}</p> : <Filtered status={status} />}
      </div>
      {focus && <Details status={status} />}
      {!isGone && <Reactions status={status} />}
      {!isGone && <Actions status={status} />}
    </article>
  )
}

function ContextLine({
  given,
  status,
  pinned,
  focus,
  inThread,
}: { given: Status; status: Status } & CardOptions) {
  if (given.reblog)
    return (
      <p class="status-context boosted">
        <Icon name="boost" />
        <span>
          <a href={profilePath(given.account)}>
            <Name account={given.account} />
          </a>{' '}
          {say('boosted')}
        </span>
      </p>
    )
  if (pinned)
    return (
      <p class="status-context">
        <Icon name="pin" />
        <span>{say('pinned')}</span>
      </p>
    )
  if (!status.in_reply_to_id || focus || inThread) return null
  const target = status.mentions.find(({ id }) => id === status.in_reply_to_account_id)
  const self = status.in_reply_to_account_id === status.account.id
  return (
    <p class="status-context">
      <Icon name="reply" />
      <span>
        {self ? say('continued') : target ? say('replied-to', { who: `@${target.acct}` }) : say('replied')}
      </span>
    </p>
  )
}

const AUDIENCE = { unlisted: 'unlisted', private: 'private', direct: 'direct' } as const

function Head({ status, focus, label }: { status: Status; focus: boolean; label: string }) {
  const { account, visibility } = status
  const drawing = visibility === 'public' ? null : AUDIENCE[visibility]
  return (
    <header class="status-head" data-part="status-head">
      <a
        class="status-author p-author h-card"
        href={profilePath(account)}
        title={fullHandle(account)}
        id={`${label}-name`}
      >
        <span class="name p-name" data-part="name">
          <Name account={account} />
        </span>{' '}
        <span class="handle">
          <bdi>{focus ? fullHandle(account) : `@${account.acct.split('@')[0]}`}</bdi>
        </span>
      </a>
      {!focus && (
        <span class="status-when">
          <a class="u-url" href={statusPath(status)}>
            <Time iso={status.created_at} />
          </a>
          {status.edited_at && (
            <span title={say('edited-at', { when: fullTime(status.edited_at) })}>· {say('edited')}</span>
          )}
          {drawing && (
            <span role="img" aria-label={say(`audience-${visibility}`)} title={say(`audience-${visibility}`)}>
              <Icon name={drawing} />
            </span>
          )}
        </span>
      )}
    </header>
  )
}

/** The post behind a filter that asks to warn: one line with its name, and a button. */
function Filtered({ status }: { status: Status }) {
  const [shown, show] = useState(false)
  const filter = status.filtered?.find((each) => each.filter.filter_action === 'warn')
  if (!filter || shown || status.account.id === boot.me.id) return <Warned status={status} />
  return (
    <p class="filtered">
      {say('filtered-by', { name: filter.filter.title })}{' '}
      <button type="button" class="link" onClick={() => show(true)}>
        {say('show')}
      </button>
    </p>
  )
}

function Warned({ status }: { status: Status }) {
  const { spoiler_text: warning, media_attachments: media, poll, card, sensitive } = status
  const pictures = media.length > 0 && <MediaBox media={media} />
  const question = poll && (
    <PollBox statusId={status.id} poll={poll} mine={status.account.id === boot.me.id} />
  )
  const quote = status.quote && <QuoteBox quote={status.quote} />
  if (!warning)
    return (
      <>
        <Text status={status} />
        {pictures &&
          (sensitive ? (
            <Cover about={say('sensitive')} inside={mediaInWords(media, false)}>
              {pictures}
            </Cover>
          ) : (
            pictures
          ))}
        {question}
        {quote}
        {media.length === 0 && !status.quote && card && <Card card={card} />}
      </>
    )
  const inside = [status.content ? say('text') : '', mediaInWords(media, poll !== null)]
    .filter(Boolean)
    .join(', ')
  return (
    <Cover
      about={
        <>
          <span class="hidden-text">{say('warning')}: </span>
          <b class="p-summary" dir="auto">
            {withEmojis(warning, status.emojis)}
          </b>
        </>
      }
      inside={inside}
      kind="cw"
    >
      <Text status={status} />
      {pictures}
      {question}
      {quote}
    </Cover>
  )
}

type Covered = {
  about: ComponentChildren
  inside: string
  kind?: 'cw' | 'cover'
  children: ComponentChildren
}

function Cover({ about, inside, kind = 'cover', children }: Covered) {
  return (
    <details class={kind}>
      <summary>
        <span class="words">
          {about}
          {inside && <span class="inside">{inside}</span>}
        </span>
        <span class="toggle">
          <span class="more">{say('show')}</span>
          <span class="less">{say('hide')}</span>
        </span>
      </summary>
      {children}
    </details>
  )
}

const LONG = 1400

function Text({ status }: { status: Status }) {
  const [whole, showWhole] = useState(false)
  if (!status.content) return null
  const long = status.content.length > LONG && !whole
  return (
    <>
      <div
        class={`text e-content${long ? ' clipped' : ''}${status.quote ? ' quoting' : ''}`}
        dir="auto"
        lang={status.language ?? undefined}
      >
        {contentOf(translated(status.id)?.content ?? status.content, status)}
      </div>
      {long && (
        <button type="button" class="link" onClick={() => showWhole(true)}>
          {say('read-more')}
        </button>
      )}
      <TranslateLine status={status} />
    </>
  )
}

function Details({ status }: { status: Status }) {
  const { application: app } = status
  return (
    <p class="status-details">
      <a class="u-url" href={status.url ?? statusPath(status)}>
        <time dateTime={status.created_at}>{fullTime(status.created_at)}</time>
      </a>
      {' · '}
      {say(`audience-${status.visibility}`)}
      {status.edited_at && ` · ${say('edited-at', { when: fullTime(status.edited_at) })}`}
      {app && ` · ${say('from-app', { name: app.name })}`}
      {status.favourites_count > 0 && (
        <>
          {' · '}
          <a href={`${statusPath(status)}/favourites`}>
            {say('favourites-n', { n: status.favourites_count })}
          </a>
        </>
      )}
      {status.reblogs_count > 0 && (
        <>
          {' · '}
          <a href={`${statusPath(status)}/reblogs`}>{say('boosts-n', { n: status.reblogs_count })}</a>
        </>
      )}
    </p>
  )
}
