import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso'
import type { IconName } from '../src/web/icons.ts'
import { boot } from './boot.ts'
import { ComposeDialog } from './compose/compose.tsx'
import { compose } from './compose/state.ts'
import { connection, online } from './live.ts'
import { unread } from './notifications/notifications.tsx'
import { OfflineNotices } from './offline/notices.tsx'
import { Avatar } from './pieces/avatar.tsx'
import { Icon } from './pieces/icon.tsx'
import { Name } from './pieces/name.tsx'
import { Toast } from './pieces/toast.tsx'
import { Viewer } from './pieces/viewer.tsx'
import { say } from './words.ts'

const PLACES: [path: string, icon: IconName, words: string][] = [
  ['/home', 'home', 'home'],
  ['/notifications', 'bell', 'notifications'],
  ['/search', 'search', 'search'],
  ['/explore', 'explore', 'explore'],
  ['/public/local', 'globe', 'public-local'],
  ['/conversations', 'direct', 'conversations'],
  ['/bookmarks', 'bookmark', 'bookmarks'],
  ['/favourites', 'star', 'favourites'],
  ['/lists', 'list', 'lists'],
]
const ON_PHONES = new Set(['/home', '/notifications', '/search', '/public/local'])

/** Rail, column and side around whatever is shown. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {say('skip')}
      </a>
      <Rail />
      <main id="main" class="column" data-part="column" tabIndex={-1}>
        <LineState />
        <OfflineNotices />
        {children}
      </main>
      <Side />
      <ComposeDialog />
      <Viewer />
      <Toast />
    </div>
  )
}

function Rail() {
  const { path } = useLocation()
  return (
    <nav class="rail" data-part="rail" aria-label={say('main-navigation')}>
      <a class="brand" href="/home">
        <svg class="mark" aria-hidden="true">
          <use href="#i-mark" />
        </svg>
        <span class="word">{boot.instance.title}</span>
      </a>
      <ul>
        {PLACES.map(([to, icon, words]) => (
          <li class={ON_PHONES.has(to) ? '' : 'wide-only'}>
            <a class="place" href={to} aria-current={path === to ? 'page' : undefined} title={say(words)}>
              <Icon name={icon} />
              <span class="word">{say(words)}</span>
              {to === '/notifications' && unread.value > 0 && (
                <span class="badge-count">
                  {unread.value > 99 ? '99+' : unread.value}
                  <span class="hidden-text"> {say('unread')}</span>
                </span>
              )}
            </a>
          </li>
        ))}
        <li>
          <a
            class="place"
            href={`/@${boot.me.acct}`}
            aria-current={path === `/@${boot.me.acct}` ? 'page' : undefined}
          >
            <Avatar account={boot.me} size={28} />
            <span class="word">
              <Name account={boot.me} />
            </span>
          </a>
        </li>
      </ul>
      <button type="button" class="button main write" onClick={() => void compose()}>
        <Icon name="edit" />
        <span class="word">{say('compose')}</span>
      </button>
    </nav>
  )
}

/** Says so when what is shown may be behind what there is. */
function LineState() {
  const offline = !online.value
  if (connection.value === 'open' || !(offline || connection.value === 'closed')) return null
  return (
    <p class="line-state" role="status">
      {say(offline ? 'offline' : 'stream-lost')}
    </p>
  )
}

function Side() {
  return (
    <aside class="side" data-part="side" aria-label={boot.instance.title}>
      <form class="search" role="search" action="/search">
        <input
          class="input"
          type="search"
          name="q"
          aria-label={say('search')}
          placeholder={say('search-hint')}
        />
      </form>
      <ul class="side-links">
        <li>
          <a href="/settings">{say('settings')}</a>
        </li>
        <li>
          <a href="/followed_tags">{say('followed-tags')}</a>
        </li>
        <li>
          <a href="/scheduled">{say('scheduled')}</a>
        </li>
        <li>
          <a href="/follow_requests">{say('follow-requests')}</a>
        </li>
        <li>
          <a href="/blocks">{say('blocks')}</a>
        </li>
        <li>
          <a href="/mutes">{say('mutes')}</a>
        </li>
        <li>
          <a href="/about">{say('about')}</a>
        </li>
        <li>
          <a href={`${location.pathname}?plain=1`}>{say('plain')}</a>
        </li>
      </ul>
      <form method="post" action="/auth/sign_out" onSubmit={() => localStorage.clear()}>
        <input type="hidden" name="csrf" value={boot.csrf} />
        <button class="button quiet">{say('sign-out')}</button>
      </form>
    </aside>
  )
}
