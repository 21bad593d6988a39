import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import { PersonRow } from '../account/people.tsx'
import { get } from '../api.ts'
import { Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { StatusCard } from '../status/status.tsx'
import { accounts, loadRelations, remember } from '../store.ts'
import { say } from '../words.ts'

type Found = { accounts: Account[]; statuses: Status[]; hashtags: { name: string }[] }
const found = signal<{ query: string; result: Found } | null>(null)
const trouble = signal('')
const busy = signal(false)

async function search(query: string): Promise<void> {
  busy.value = true
  trouble.value = ''
  try {
    const result = await get<Found>(`/api/v2/search?q=${encodeURIComponent(query)}&resolve=true&limit=20`)
    for (const account of result.accounts) accounts.put(account)
    remember(result.statuses)
    found.value = { query, result }
    void loadRelations(result.accounts.map(({ id }) => id)).catch(() => {})
  } catch (error) {
    trouble.value = (error as Error).message
  }
  busy.value = false
}

/** One box for people, posts and tags; an address or a handle of another server is fetched. */
export function SearchPage({ q = '' }: { q?: string }) {
  const { route } = useLocation()
  useEffect(() => {
    if (q && found.value?.query !== q) void search(q)
  }, [q])
  const result = found.value?.query === q ? found.value.result : null
  return (
    <>
      <form
        class="search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          const text = String(new FormData(event.currentTarget).get('q')).trim()
          if (text) route(`/search?q=${encodeURIComponent(text)}`)
        }}
      >
        <h1 class="hidden-text">{say('search')}</h1>
        <input
          class="input"
          type="search"
          name="q"
          id="search"
          value={q}
          aria-label={say('search')}
          placeholder={say('search-hint')}
        />
        <button class="button main">{say('search')}</button>
      </form>
      {busy.value && <Waiting />}
      {trouble.value && <Trouble text={trouble.value} again={() => void search(q)} />}
      {!q && (
        <Empty>
          <p>{say('search-help')}</p>
          <MorePlaces />
        </Empty>
      )}
      {result && !busy.value && <Results result={result} />}
    </>
  )
}

/** Places for which a narrow screen has no room at its foot. */
const MORE = [
  ['/explore', 'explore'],
  ['/conversations', 'conversations'],
  ['/bookmarks', 'bookmarks'],
  ['/favourites', 'favourites'],
  ['/lists', 'lists'],
  ['/followed_tags', 'followed-tags'],
  ['/scheduled', 'scheduled'],
  ['/follow_requests', 'follow-requests'],
  ['/settings', 'settings'],
] as const

const MorePlaces = () => (
  <nav aria-label={say('more-places')}>
    <ul class="chips">
      {MORE.map(([path, words]) => (
        <li>
          <a class="chip" href={path}>
            {say(words)}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

function Results({ result }: { result: Found }) {
  const nothing = result.accounts.length + result.statuses.length + result.hashtags.length === 0
  if (nothing)
    return (
      <Empty>
        <p>{say('search-empty')}</p>
      </Empty>
    )
  return (
    <>
      {result.hashtags.length > 0 && (
        <ul class="chips">
          {result.hashtags.map(({ name }) => (
            <li>
              <a class="chip" href={`/tags/${encodeURIComponent(name)}`}>
                #{name}
              </a>
            </li>
          ))}
        </ul>
      )}
      {result.accounts.map((account) => (
        <PersonRow key={account.id} account={account} />
      ))}
      {result.statuses.map(({ id }) => (
        <StatusCard key={id} id={id} />
      ))}
    </>
  )
}
