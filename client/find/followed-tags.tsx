import { post } from '../api.ts'
import { useLoaded } from '../pieces/loaded.ts'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'

type Tag = { name: string; following?: boolean }

/** The tags whose posts come into home, each to be followed no longer, and again while the page is open. */
export function FollowedTagsPage() {
  const { data, trouble, again } = useLoaded<Tag[]>('/api/v1/followed_tags?limit=200')
  const toggle = async ({ name, following }: Tag) => {
    try {
      const now = await post<Tag>(
        `/api/v1/tags/${encodeURIComponent(name)}/${following ? 'unfollow' : 'follow'}`,
      )
      data.value = (data.value ?? []).map((tag) => (tag.name === name ? now : tag))
    } catch (error) {
      toast((error as Error).message)
    }
  }
  return (
    <>
      <ColumnHead title={say('followed-tags')} />
      {trouble.value && <Trouble text={trouble.value} again={() => void again()} />}
      {!data.value && !trouble.value && <Waiting rows={2} />}
      {data.value?.length === 0 && (
        <Empty>
          <p>{say('followed-tags-empty')}</p>
        </Empty>
      )}
      <ul class="rows">
        {data.value?.map((tag) => (
          <li key={tag.name}>
            <a class="grow" href={`/tags/${encodeURIComponent(tag.name)}`} dir="auto">
              #{tag.name}
            </a>
            <button
              type="button"
              class={`button small${tag.following ? '' : ' main'}`}
              aria-pressed={tag.following}
              onClick={() => void toggle(tag)}
            >
              {say(tag.following ? 'tag-following' : 'tag-follow')}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
