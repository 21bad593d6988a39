import type { Status } from '#statuses/entities.ts'
import { Offline, post } from './api.ts'
import { sendLater } from './offline/outbox.ts'
import { toast } from './pieces/toast.tsx'
import { patch, statuses } from './store.ts'
import { say } from './words.ts'

/** A mark of one's own on a post, the words of the API for it, and the count that moves along. */
const MARKS = {
  favourited: { on: 'favourite', off: 'unfavourite', count: 'favourites_count' },
  reblogged: { on: 'reblog', off: 'unreblog', count: 'reblogs_count' },
  bookmarked: { on: 'bookmark', off: 'unbookmark', count: null },
  muted: { on: 'mute', off: 'unmute', count: null },
  pinned: { on: 'pin', off: 'unpin', count: null },
} as const

export type Mark = keyof typeof MARKS

/** Sets or takes back a mark at once, sends it, and puts it back with a word when the server refuses. */
export async function toggle(id: string, mark: Mark): Promise<void> {
  const status = statuses.get(id)?.value
  if (!status) return
  const { on, off, count } = MARKS[mark]
  const was = status[mark] === true
  const before: Partial<Status> = { [mark]: was, ...(count ? { [count]: status[count] } : {}) }
  patch(id, { [mark]: !was, ...(count ? { [count]: Math.max(0, status[count] + (was ? -1 : 1)) } : {}) })
  const path = `/api/v1/statuses/${id}/${was ? off : on}`
  try {
    const answer = await post<Status>(path)
    // A boost answers with the boost around the post.
    const fresh = answer.reblog ?? answer
    patch(id, { [mark]: fresh[mark] ?? !was, ...(count ? { [count]: fresh[count] } : {}) })
  } catch (error) {
    if (error instanceof Offline && (await isKept(path))) return toast(say('outbox-kept'))
    patch(id, before)
    toast(error instanceof Offline ? say('offline-not-sent') : (error as Error).message)
  }
}

const isKept = (path: string): Promise<boolean> =>
  sendLater(path).then(
    () => true,
    () => false,
  )
