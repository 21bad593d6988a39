import { boot } from './boot.ts'
import { compose } from './compose/state.ts'
import { Suggestions } from './find/explore.tsx'
import { ColumnHead } from './pieces/states.tsx'
import { feedOf, HOME } from './timeline/feed.ts'
import { Timeline } from './timeline/timeline.tsx'
import { say } from './words.ts'

if (boot.home) feedOf(HOME).start(boot.home)

/** What the reader follows. */
export function HomePage() {
  const { ended, chunks } = feedOf(HOME)
  return (
    <>
      <ColumnHead title={say('home')} />
      <Timeline path={HOME} stream="user" label={say('home')} empty={<FirstSteps />} />
      {ended.value && chunks.value.length === 0 && <Suggestions most={5} beside />}
    </>
  )
}

/** Said to somebody whose home is empty: three things to do. */
function FirstSteps() {
  return (
    <>
      <h2>{say('start-title', { name: boot.me.username })}</h2>
      <ol class="steps">
        <li>
          <a href="/settings/profile">{say('start-profile')}</a>
        </li>
        <li>
          <a href="/explore/people">{say('start-follow')}</a> ·{' '}
          <a href="/public/local">{say('start-local')}</a>
        </li>
        <li>
          <button type="button" class="link" onClick={() => void compose()}>
            {say('start-hello')}
          </button>
        </li>
      </ol>
    </>
  )
}

const PUBLIC = {
  local: { path: '/api/v1/timelines/public?local=true', stream: 'public:local' },
  all: { path: '/api/v1/timelines/public', stream: 'public' },
  remote: { path: '/api/v1/timelines/public?remote=true', stream: 'public:remote' },
} as const

/** What everybody may read: of this server, of all that are known here, or of the others. */
export function PublicPage({ kind }: { kind: keyof typeof PUBLIC }) {
  const { path, stream } = PUBLIC[kind]
  return (
    <>
      <ColumnHead title={say(`public-${kind}`)} />
      <nav class="column-tabs" aria-label={say('public-kinds')}>
        {(['local', 'all', 'remote'] as const).map((each) => (
          <a
            href={each === 'all' ? '/public' : `/public/${each}`}
            aria-current={each === kind ? 'page' : undefined}
          >
            {say(`public-${each}`)}
          </a>
        ))}
      </nav>
      <Timeline
        key={kind}
        path={path}
        stream={stream}
        label={say(`public-${kind}`)}
        empty={<p>{say('public-empty')}</p>}
      />
    </>
  )
}

/** Posts the reader marked. */
export function MarkedPage({ kind }: { kind: 'bookmarks' | 'favourites' }) {
  return (
    <>
      <ColumnHead title={say(kind)} />
      <Timeline key={kind} path={`/api/v1/${kind}`} label={say(kind)} empty={<p>{say(`${kind}-empty`)}</p>} />
    </>
  )
}

/** What the members of a list write. */
export function ListPage({ id = '' }: { id?: string }) {
  return (
    <>
      <ColumnHead title={say('list')}>
        <a class="button small" href={`/lists/${id}/edit`}>
          {say('list-edit')}
        </a>
      </ColumnHead>
      <Timeline
        path={`/api/v1/timelines/list/${id}`}
        stream={`list/${id}`}
        label={say('list')}
        empty={<p>{say('list-empty')}</p>}
      />
    </>
  )
}
