import { useEffect, useState } from 'preact/hooks'
import type { Account } from '#accounts/present-account.ts'
import type { Relationship } from '#relationships/present-relationship.ts'
import { post } from '../api.ts'
import { boot } from '../boot.ts'
import { toast } from '../pieces/toast.tsx'
import { loadRelations, relations } from '../store.ts'
import { say } from '../words.ts'

/** Follow, Requested, Following, Follow back: one button, one width. */
export function FollowButton({ account }: { account: Account }) {
  const { id } = account
  const [, look] = useState(0)
  // What is not known yet cannot be watched: once it came the button is drawn.
  useEffect(() => {
    loadRelations([id]).then(
      () => look((n) => n + 1),
      () => {},
    )
  }, [id])
  const relation = relations.get(id)?.value
  if (id === boot.me.id || !relation) return null
  if (relation.blocking) return <Do words={say('unblock')} run={() => change(id, 'unblock')} />
  const on = relation.following || relation.requested
  const words = relation.following
    ? 'following'
    : relation.requested
      ? 'requested'
      : relation.followed_by
        ? 'follow-back'
        : 'follow'
  return <Do words={say(words)} on={on} run={() => change(id, on ? 'unfollow' : 'follow')} />
}

function Do({ words, on = false, run }: { words: string; on?: boolean; run: () => Promise<void> }) {
  return (
    <button
      type="button"
      class={`button follow${on ? '' : ' main'}`}
      aria-pressed={on}
      onClick={() => void run()}
    >
      {words}
    </button>
  )
}

/** Changes how one stands to somebody; the answer of the server is what is shown. */
export async function change(id: string, verb: string, body?: unknown): Promise<void> {
  try {
    relations.put(await post<Relationship>(`/api/v1/accounts/${id}/${verb}`, body))
  } catch (error) {
    toast((error as Error).message)
  }
}
