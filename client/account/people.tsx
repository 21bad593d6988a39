import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { Account } from '#accounts/present-account.ts'
import { ask } from '../api.ts'
import { Avatar } from '../pieces/avatar.tsx'
import { fullHandle, Name, profilePath } from '../pieces/name.tsx'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { wordsOf } from '../status/content.tsx'
import { accounts, loadRelations } from '../store.ts'
import { say } from '../words.ts'
import { FollowButton } from './follow-button.tsx'
import { useAccount } from './profile.tsx'

type Beside = (account: Account) => ComponentChildren

/** One person of a list. */
export function PersonRow({ account, beside }: { account: Account; beside?: ComponentChildren }) {
  return (
    <article class="person" data-part="person">
      <a href={profilePath(account)} tabIndex={-1} aria-hidden="true">
        <Avatar account={account} />
      </a>
      <div class="grow">
        <a class="status-author" href={profilePath(account)}>
          <span class="name">
            <Name account={account} />
          </span>{' '}
          <span class="handle">
            <bdi>{fullHandle(account)}</bdi>
          </span>
        </a>
        <p class="hint" dir="auto">
          {wordsOf(account.note).slice(0, 140)}
        </p>
      </div>
      {beside ?? <FollowButton account={account} />}
    </article>
  )
}

/** A list of people that goes on to its end. */
export function People({ path, empty, beside }: { path: string; empty: string; beside?: Beside }) {
  const state = useMemo(
    () => ({
      ids: signal<string[]>([]),
      next: signal<string | null>(path),
      busy: signal(false),
      trouble: signal(''),
    }),
    [path],
  )
  const more = async () => {
    if (!state.next.value) return
    state.busy.value = true
    state.trouble.value = ''
    try {
      const { data, next } = await ask<Account[]>(state.next.value)
      for (const account of data) accounts.put(account)
      state.ids.value = [...state.ids.value, ...data.map(({ id }) => id)]
      state.next.value = next
      void loadRelations(data.map(({ id }) => id)).catch(() => {})
    } catch (error) {
      state.trouble.value = (error as Error).message
    }
    state.busy.value = false
  }
  useEffect(() => void more(), [state])
  return (
    <>
      {state.ids.value.map((id) => {
        const account = accounts.get(id)?.value
        return (
          account && <PersonRow key={id} account={account} {...(beside ? { beside: beside(account) } : {})} />
        )
      })}
      {state.busy.value && <Waiting rows={2} />}
      {state.trouble.value && <Trouble text={state.trouble.value} again={() => void more()} />}
      {!state.busy.value && state.ids.value.length === 0 && !state.trouble.value && (
        <Empty>
          <p>{empty}</p>
        </Empty>
      )}
      {!state.busy.value && state.next.value && state.ids.value.length > 0 && (
        <p class="end">
          <button type="button" class="button" onClick={() => void more()}>
            {say('load-more')}
          </button>
        </p>
      )}
    </>
  )
}

/** Followers of somebody, or whom they follow. */
export function FollowsPage({ acct = '', list }: { acct?: string; list: 'followers' | 'following' }) {
  const { id, trouble } = useAccount(acct)
  return (
    <>
      <ColumnHead title={say(`${list}-of`, { who: `@${acct}` })} />
      {trouble.value && <Trouble text={trouble.value} />}
      {id.value && <People path={`/api/v1/accounts/${id.value}/${list}`} empty={say('people-empty')} />}
    </>
  )
}

/** Who favourited or boosted a post. */
export function MarkedByPage({ id = '', list }: { id?: string; list: 'favourited_by' | 'reblogged_by' }) {
  return (
    <>
      <ColumnHead title={say(list)} />
      <People path={`/api/v1/statuses/${id}/${list}`} empty={say('people-empty')} />
    </>
  )
}
