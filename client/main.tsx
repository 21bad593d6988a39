import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { LocationProvider, Route, Router, useLocation } from 'preact-iso'
import { FollowsPage, MarkedByPage } from './account/people.tsx'
import type { Tab } from './account/profile.tsx'
import { ProfilePage } from './account/profile.tsx'
import { RelationsPage } from './account/relations.tsx'
import { ScheduledPage } from './compose/scheduled.tsx'
import { SharePage } from './compose/share.tsx'
import { ConversationsPage } from './find/conversations.tsx'
import { EditListPage } from './find/edit-list.tsx'
import { ExplorePage } from './find/explore.tsx'
import { FollowedTagsPage } from './find/followed-tags.tsx'
import { ListsPage } from './find/lists.tsx'
import { SearchPage } from './find/search.tsx'
import { TagPage } from './find/tag.tsx'
import { listenForKeys } from './keys.ts'
import { NotificationsPage, watchNotifications } from './notifications/notifications.tsx'
import { RequestsPage } from './notifications/requests.tsx'
import { install } from './offline/install.ts'
import { watchOutbox } from './offline/outbox.ts'
import { HomePage, ListPage, MarkedPage, PublicPage } from './pages.tsx'
import { Trouble } from './pieces/states.tsx'
import { keepPlaces } from './scroll.ts'
import { Shell } from './shell.tsx'
import { ThreadPage } from './status/thread.tsx'
import { loadWords, say } from './words.ts'

/** Paths the app draws itself; links to all others load a page of the server. */
const OURS =
  /^\/(?:home|public(?:\/local|\/remote)?|explore(?:\/\w+)?|notifications(?:\/requests)?|conversations|bookmarks|favourites|lists(?:\/\d+(?:\/edit)?)?|followed_tags|scheduled|search|publish|share|blocks|mutes|follow_requests|tags\/[^/]+|@[^/]+(?:\/(?:with_replies|media|followers|following|\d+(?:\/(?:favourites|reblogs))?))?)$/

/** `/@ana/with_replies`, `/@ana/123/favourites`: what stands behind a handle. */
function HandlePage({
  handle = '',
  part = '',
  list = '',
}: {
  handle?: string
  part?: string
  list?: string
}) {
  const acct = handle.replace(/^@/, '')
  if (/^\d+$/.test(part)) {
    if (list === 'favourites') return <MarkedByPage id={part} list="favourited_by" />
    if (list === 'reblogs') return <MarkedByPage id={part} list="reblogged_by" />
    return <ThreadPage key={part} id={part} />
  }
  if (part === 'followers' || part === 'following') return <FollowsPage key={part} acct={acct} list={part} />
  return <ProfilePage key={acct} acct={acct} tab={(part || 'posts') as Tab} />
}

let isFirst = true
/** After a way from page to page the focus is on the new one, not nowhere. */
function focusMain(): void {
  if (!isFirst) document.getElementById('main')?.focus({ preventScroll: true })
  isFirst = false
}

function Pages() {
  const { route, path } = useLocation()
  useEffect(() => listenForKeys(route), [route])
  useEffect(() => install(route), [])
  useEffect(() => focusMain(), [path])
  return (
    <Router>
      <Route path="/home" component={HomePage} />
      <Route path="/publish" component={SharePage} />
      <Route path="/share" component={SharePage} />
      <Route path="/public/local" component={() => <PublicPage kind="local" />} />
      <Route path="/public/remote" component={() => <PublicPage kind="remote" />} />
      <Route path="/public" component={() => <PublicPage kind="all" />} />
      <Route path="/explore/:kind?" component={ExplorePage} />
      <Route path="/notifications" component={NotificationsPage} />
      <Route path="/notifications/requests" component={RequestsPage} />
      <Route path="/conversations" component={ConversationsPage} />
      <Route path="/bookmarks" component={() => <MarkedPage kind="bookmarks" />} />
      <Route path="/favourites" component={() => <MarkedPage kind="favourites" />} />
      <Route path="/lists" component={ListsPage} />
      <Route path="/lists/:id" component={ListPage} />
      <Route path="/lists/:id/edit" component={EditListPage} />
      <Route path="/followed_tags" component={FollowedTagsPage} />
      <Route path="/scheduled" component={ScheduledPage} />
      <Route
        path="/search"
        component={() => <SearchPage q={new URLSearchParams(location.search).get('q') ?? ''} />}
      />
      <Route path="/blocks" component={() => <RelationsPage kind="blocks" />} />
      <Route path="/mutes" component={() => <RelationsPage kind="mutes" />} />
      <Route path="/follow_requests" component={() => <RelationsPage kind="follow_requests" />} />
      <Route path="/tags/:tag" component={TagPage} />
      <Route path="/:handle/:part?/:list?" component={HandlePage} />
      <Route default component={() => <Trouble text={say('page-missing')} />} />
    </Router>
  )
}

await loadWords(navigator.languages)
keepPlaces()
watchNotifications()
watchOutbox()
render(
  <LocationProvider scope={OURS}>
    <Shell>
      <Pages />
    </Shell>
  </LocationProvider>,
  document.getElementById('app') as HTMLElement,
)
