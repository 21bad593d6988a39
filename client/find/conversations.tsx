import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import { ask, post } from '../api.ts'
import { hear } from '../live.ts'
import { Avatar, plainName } from '../pieces/avatar.tsx'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { Time } from '../pieces/time.tsx'
import { wordsOf } from '../status/content.tsx'
import { statusPath } from '../status/status.tsx'
import { remember } from '../store.ts'
import { say } from '../words.ts'

type Conversation = { id: string; unread: boolean; accounts: Account[]; last_status: Status | null }
const known = signal<Conversation[] | null>(null)
const trouble = signal('')

async function load(): Promise<void> {
  try {
    const { data } = await ask<Conversation[]>('/api/v1/conversations?limit=40')
    remember(data.flatMap(({ last_status: last }) => last ?? []))
    known.value = data
    trouble.value = ''
  } catch (error) {
    trouble.value = (error as Error).message
  }
}

/** Private threads as a mailbox; it says who can read them. */
export function ConversationsPage() {
  useEffect(() => {
    void load()
    return hear('direct', () => void load())
  }, [])
  return (
    <>
      <ColumnHead title={say('conversations')} />
      <p class="hint inset">{say('conversations-who')}</p>
      {trouble.value && <Trouble text={trouble.value} again={() => void load()} />}
      {known.value === null && !trouble.value && <Waiting />}
      {known.value?.length === 0 && (
        <Empty>
          <p>{say('conversations-empty')}</p>
        </Empty>
      )}
      {known.value?.map(
        (each) => each.last_status && <Row key={each.id} conversation={each} last={each.last_status} />,
      )}
    </>
  )
}

function Row({ conversation, last }: { conversation: Conversation; last: Status }) {
  const { accounts, unread, id } = conversation
  return (
    <article class={`person${unread ? ' fresh' : ''}`} tabIndex={-1}>
      {accounts.slice(0, 1).map((each) => (
        <Avatar account={each} />
      ))}
      <a
        class="grow conversation"
        href={statusPath(last)}
        onClick={() => {
          if (unread) void post(`/api/v1/conversations/${id}/read`).catch(() => {})
        }}
      >
        <b>{accounts.map(plainName).join(', ') || say('only-you')}</b>
        {unread && <span class="badge">{say('unread')}</span>}
        <span class="excerpt" dir="auto">
          {last.spoiler_text || wordsOf(last.content).slice(0, 140)}
        </span>
      </a>
      <span class="hint">
        <Time iso={last.created_at} />
      </span>
    </article>
  )
}
