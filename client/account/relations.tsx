import { useState } from 'preact/hooks'
import type { Account } from '#accounts/present-account.ts'
import { post } from '../api.ts'
import { ColumnHead } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'
import { People } from './people.tsx'

type Kind = 'blocks' | 'mutes' | 'follow_requests'
const VERBS: Record<Kind, [verb: string, path: (id: string) => string][]> = {
  blocks: [['unblock', (id) => `/api/v1/accounts/${id}/unblock`]],
  mutes: [['unmute', (id) => `/api/v1/accounts/${id}/unmute`]],
  follow_requests: [
    ['request-authorize', (id) => `/api/v1/follow_requests/${id}/authorize`],
    ['request-reject', (id) => `/api/v1/follow_requests/${id}/reject`],
  ],
}

/** Whom the reader blocked or muted, or who waits for an answer: a list with its undo. */
export function RelationsPage({ kind }: { kind: Kind }) {
  return (
    <>
      <ColumnHead title={say(kind.replace('_', '-'))} />
      <People
        key={kind}
        path={`/api/v1/${kind}`}
        empty={say(`${kind.replace('_', '-')}-empty`)}
        beside={(account) => <Verbs account={account} kind={kind} />}
      />
    </>
  )
}

function Verbs({ account, kind }: { account: Account; kind: Kind }) {
  const [done, setDone] = useState('')
  if (done) return <span class="hint">{done}</span>
  return (
    <p class="buttons">
      {VERBS[kind].map(([verb, path]) => (
        <button
          type="button"
          class="button small"
          onClick={() =>
            post(path(account.id)).then(
              () => setDone(say('done')),
              (error: Error) => toast(error.message),
            )
          }
        >
          {say(verb)}
        </button>
      ))}
    </p>
  )
}
