import { signal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Status } from '#statuses/entities.ts'
import { ask } from '../api.ts'
import { boot } from '../boot.ts'
import { compose } from '../compose/state.ts'
import { hear } from '../live.ts'
import { ColumnHead, Trouble, Waiting } from '../pieces/states.tsx'
import { remember, statuses } from '../store.ts'
import { say } from '../words.ts'
import { DeliveryReport } from './delivery.tsx'
import { StatusCard } from './status.tsx'

type Thread = { ancestors: Status[]; descendants: Status[] }
const POLL_MS = 3000
const MOST_POLLS = 20

/** What is known of one thread, and what is being asked for. */
function openThread(id: string) {
  const known = signal<Thread | null>(null)
  const trouble = signal('')
  const searching = signal(false)
  const load = async (polls = 0): Promise<void> => {
    try {
      if (!statuses.get(id)) remember([(await ask<Status>(`/api/v1/statuses/${id}`)).data])
      const { data, headers } = await ask<Thread>(`/api/v1/statuses/${id}/context`)
      remember(data.ancestors)
      remember(data.descendants)
      known.value = data
      const refresh = /id="([^"]+)"/.exec(headers.get('mastodon-async-refresh') ?? '')?.[1]
      searching.value = refresh !== undefined && polls < MOST_POLLS
      if (refresh && polls < MOST_POLLS) await wait(refresh, polls)
    } catch (error) {
      if (!known.value) trouble.value = (error as Error).message
      searching.value = false
    }
  }
  const wait = async (refresh: string, polls: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    const { data } = await ask<{ async_refresh: { status: string } }>(
      `/api/v1_alpha/async_refreshes/${refresh}`,
    )
    if (data.async_refresh.status === 'finished') {
      searching.value = false
      return load(MOST_POLLS)
    }
    return wait(refresh, polls + 1)
  }
  return { known, trouble, searching, load }
}

/** `?reply`, from a pushed notification, opens the composer once the post is there. */
function answerIfAsked(id: string, isLoaded: boolean): void {
  const status = statuses.get(id)?.value
  if (!isLoaded || !status || location.search !== '?reply') return
  history.replaceState(history.state, '', location.pathname)
  void compose({ replyTo: status })
}

/** A post with what it answers above and what answers it below, as a tree. */
export function ThreadPage({ id = '' }: { id?: string }) {
  const { known, trouble, searching, load } = useMemo(() => openThread(id), [id])
  useEffect(() => answerIfAsked(id, known.value !== null), [id, known.value])
  const focus = useRef<HTMLDivElement>(null)
  useEffect(() => void load(), [load])
  useEffect(
    () =>
      hear('user', (event, payload) => {
        if (event === 'update' && JSON.parse(payload).in_reply_to_id) void load(MOST_POLLS)
      }),
    [load],
  )
  const hasAncestors = (known.value?.ancestors.length ?? 0) > 0
  useEffect(() => {
    if (hasAncestors) focus.current?.scrollIntoView({ block: 'start' })
  }, [hasAncestors])
  if (trouble.value)
    return (
      <>
        <ColumnHead title={say('thread')} />
        <Trouble text={trouble.value} again={() => void load()} />
      </>
    )
  const replies = known.value?.descendants ?? []
  return (
    <>
      <ColumnHead title={say('thread')} />
      <ul class="thread ancestors">
        {known.value?.ancestors.map((each) => (
          <li key={each.id}>
            <StatusCard id={each.id} inThread />
          </li>
        ))}
      </ul>
      <div ref={focus} class="thread-focus">
        {statuses.get(id) ? <StatusCard id={id} focus /> : <Waiting rows={1} />}
      </div>
      {statuses.get(id)?.value.account.id === boot.me.id && <DeliveryReport id={id} />}
      <Replies parent={id} all={replies} depth={0} />
      {known.value === null ? (
        <Waiting rows={2} />
      ) : (
        <p class="end" role="status">
          {searching.value
            ? say('replies-searching', { n: replies.length })
            : say('replies-known', { n: replies.length })}
        </p>
      )}
    </>
  )
}

const DEEPEST = 4

function Replies({ parent, all, depth }: { parent: string; all: readonly Status[]; depth: number }) {
  const mine = all.filter(({ in_reply_to_id: above }) => above === parent)
  if (mine.length === 0) return null
  return (
    <ul class="replies">
      {mine.map((each) => (
        <li key={each.id}>
          <StatusCard id={each.id} inThread />
          {depth < DEEPEST ? (
            <Replies parent={each.id} all={all} depth={depth + 1} />
          ) : (
            all.some(({ in_reply_to_id: above }) => above === each.id) && (
              <a class="thread-more" href={`/@${each.account.acct}/${each.id}`}>
                {say('thread-continue')}
              </a>
            )
          )}
        </li>
      ))}
    </ul>
  )
}
