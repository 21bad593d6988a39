import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { get, post } from '../api.ts'
import { ColumnHead } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { Timeline } from '../timeline/timeline.tsx'
import { say } from '../words.ts'

type Tag = { name: string; following?: boolean }

/** What is written under a tag, and whether the reader follows it. */
export function TagPage({ tag = '' }: { tag?: string }) {
  const name = decodeURIComponent(tag)
  const known = useMemo(() => signal<Tag | null>(null), [name])
  useEffect(() => {
    get<Tag>(`/api/v1/tags/${tag}`).then(
      (answer) => {
        known.value = answer
      },
      () => {},
    )
  }, [known, tag])
  const follow = async () => {
    try {
      known.value = await post<Tag>(`/api/v1/tags/${tag}/${known.value?.following ? 'unfollow' : 'follow'}`)
    } catch (error) {
      toast((error as Error).message)
    }
  }
  const following = known.value?.following === true
  return (
    <>
      <ColumnHead title={`#${name}`}>
        {known.value && (
          <button
            type="button"
            class={`button small${following ? '' : ' main'}`}
            aria-pressed={following}
            onClick={() => void follow()}
          >
            {say(following ? 'tag-following' : 'tag-follow')}
          </button>
        )}
      </ColumnHead>
      <Timeline
        path={`/api/v1/timelines/tag/${tag}`}
        stream={`hashtag/${name.toLowerCase()}`}
        label={`#${name}`}
        empty={<p>{say('tag-empty')}</p>}
      />
    </>
  )
}
