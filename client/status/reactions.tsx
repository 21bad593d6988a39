import type { Status } from '#statuses/entities.ts'
import type { Reaction } from '#statuses/present-reactions.ts'
import { post } from '../api.ts'
import { toast } from '../pieces/toast.tsx'
import { patch } from '../store.ts'
import { say } from '../words.ts'

/** Favourites a post with an emoji, or takes that emoji back. */
export async function react(id: string, name: string, on: boolean): Promise<void> {
  try {
    const path = `/api/v1/statuses/${id}/${on ? 'unreact' : 'react'}/${encodeURIComponent(name)}`
    const { reactions, favourited, favourites_count } = await post<Status>(path)
    patch(id, { reactions: reactions ?? [], favourited: favourited === true, favourites_count })
  } catch (error) {
    toast((error as Error).message)
  }
}

/** The emojis a post was favourited with, each a button to do the same. */
export function Reactions({ status: { id, reactions } }: { status: Status }) {
  if (!reactions?.length) return null
  return (
    <ul class="reactions" aria-label={say('reactions')}>
      {reactions.map((each) => (
        <li key={each.name}>
          <button
            type="button"
            class="chip"
            aria-pressed={each.me}
            onClick={() => void react(id, each.name, each.me)}
          >
            <Face reaction={each} /> {each.count}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Face({ reaction: { name, url } }: { reaction: Reaction }) {
  return url ? <img class="emoji" src={url} alt={`:${name}:`} width="20" height="20" /> : <span>{name}</span>
}
