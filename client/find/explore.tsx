import type { Tag as TagEntity } from '#hashtags/present-tag.ts'
import type { Suggestion } from '#search/suggestions.ts'
import type { TrendingLink } from '#search/trending-links.ts'
import { FollowButton } from '../account/follow-button.tsx'
import { People, PersonRow } from '../account/people.tsx'
import { del } from '../api.ts'
import { Icon } from '../pieces/icon.tsx'
import { useLoaded } from '../pieces/loaded.ts'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { Timeline } from '../timeline/timeline.tsx'
import { count, say } from '../words.ts'

const KINDS = ['posts', 'tags', 'links', 'people', 'directory'] as const
export type Kind = (typeof KINDS)[number]
const pathOf = (kind: Kind) => (kind === 'posts' ? '/explore' : `/explore/${kind}`)

/** What many here look at now, and people to follow. */
export function ExplorePage({ kind = 'posts' }: { kind?: string }) {
  const shown = KINDS.find((each) => each === kind) ?? 'posts'
  return (
    <>
      <ColumnHead title={say('explore')} />
      <nav class="column-tabs" aria-label={say('explore-kinds')}>
        {KINDS.map((each) => (
          <a href={pathOf(each)} aria-current={each === shown ? 'page' : undefined}>
            {say(`explore-${each}`)}
          </a>
        ))}
      </nav>
      {shown === 'posts' && (
        <Timeline
          path="/api/v1/trends/statuses"
          label={say('explore-posts')}
          empty={<p>{say('explore-empty')}</p>}
        />
      )}
      {shown === 'tags' && <Tags />}
      {shown === 'links' && <Links />}
      {shown === 'people' && <Suggestions />}
      {shown === 'directory' && (
        <People path="/api/v1/directory?local=true&order=active&limit=40" empty={say('directory-empty')} />
      )}
    </>
  )
}

function Tags() {
  const { data, trouble, again } = useLoaded<TagEntity[]>('/api/v1/trends/tags?limit=20')
  if (trouble.value) return <Trouble text={trouble.value} again={() => void again()} />
  if (!data.value) return <Waiting rows={3} />
  if (data.value.length === 0) return <Nothing />
  return (
    <ol class="rows trends">
      {data.value.map(({ name, history }) => (
        <li key={name}>
          <a class="grow" href={`/tags/${encodeURIComponent(name)}`} dir="auto">
            <b>#{name}</b>
          </a>
          <span class="hint">{say('explore-uses', { n: usesOf(history), people: peopleOf(history) })}</span>
        </li>
      ))}
    </ol>
  )
}

function Links() {
  const { data, trouble, again } = useLoaded<TrendingLink[]>('/api/v1/trends/links?limit=20')
  if (trouble.value) return <Trouble text={trouble.value} again={() => void again()} />
  if (!data.value) return <Waiting rows={3} />
  if (data.value.length === 0) return <Nothing />
  return (
    <ol class="rows trends">
      {data.value.map(({ url, title, provider_name, history }) => (
        <li key={url}>
          <a class="grow" href={url} target="_blank" rel="noreferrer" dir="auto">
            <b>{title || url}</b>
            <span class="hint"> {provider_name || new URL(url).host}</span>
          </a>
          <span class="hint">{say('explore-uses', { n: usesOf(history), people: peopleOf(history) })}</span>
        </li>
      ))}
    </ol>
  )
}

const Nothing = () => (
  <Empty>
    <p>{say('explore-empty')}</p>
  </Empty>
)

type Day = { uses: string; accounts: string }
const WEEK = 7
const sum = (days: readonly Day[], of: keyof Day) =>
  days.slice(0, WEEK).reduce((n, day) => n + Number(day[of]), 0)
const usesOf = (days: readonly Day[]) => count(sum(days, 'uses'))
const peopleOf = (days: readonly Day[]) => count(sum(days, 'accounts'))

/** People the reader may want to follow, each with the reason, to be waved off one by one; `beside` other things silent if none. */
export function Suggestions({ most = 40, beside = false }: { most?: number; beside?: boolean }) {
  const { data, trouble, again } = useLoaded<Suggestion[]>(`/api/v2/suggestions?limit=${most}`)
  if (trouble.value) return <Trouble text={trouble.value} again={() => void again()} />
  if (!data.value) return <Waiting rows={3} />
  if (data.value.length === 0)
    return beside ? null : (
      <Empty>
        <p>{say('suggestions-empty')}</p>
      </Empty>
    )
  const waveOff = async (id: string) => {
    const before = data.value
    data.value = (before ?? []).filter(({ account }) => account.id !== id)
    await del(`/api/v1/suggestions/${id}`).catch((error: Error) => {
      data.value = before
      toast(error.message)
    })
  }
  return (
    <>
      {data.value.map(({ account, sources }) => (
        <section key={account.id} class="suggestion">
          <p class="hint">{say(`suggested-${sources[0]?.replaceAll('_', '-')}`)}</p>
          <PersonRow
            account={account}
            beside={
              <span class="buttons">
                <FollowButton account={account} />
                <button
                  type="button"
                  class="action"
                  aria-label={say('suggestion-no')}
                  title={say('suggestion-no')}
                  onClick={() => void waveOff(account.id)}
                >
                  <Icon name="close" />
                </button>
              </span>
            }
          />
        </section>
      ))}
    </>
  )
}
