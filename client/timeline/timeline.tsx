import type { ComponentChildren } from 'preact'
import { Fragment } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Status } from '#statuses/entities.ts'
import { hear, onReturn } from '../live.ts'
import { Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { StatusCard } from '../status/status.tsx'
import { statuses } from '../store.ts'
import { say } from '../words.ts'
import type { Feed } from './feed.ts'
import { feedOf } from './feed.ts'
import { PageWindow } from './window.tsx'

type Given = {
  path: string
  stream?: string
  empty: ComponentChildren
  label: string
  above?: ComponentChildren
}

/** A feed of posts: new ones wait behind a button, older ones come by themselves, the end is said. */
export function Timeline({ path, stream, empty, label, above }: Given) {
  const feed = feedOf(path)
  useEffect(() => {
    if (feed.chunks.value.length === 0) void feed.more()
  }, [feed])
  useEffect(() => (stream ? follow(feed, stream) : undefined), [feed, stream])
  const { chunks, state, ended } = feed
  const nothing = chunks.value.length === 0
  return (
    <>
      <NewPosts feed={feed} />
      <div
        class="feed"
        {...(nothing ? {} : { role: 'feed', 'aria-label': label, 'aria-busy': state.value === 'loading' })}
      >
        {above}
        {chunks.value.map((chunk) => (
          <Fragment key={chunk.key}>
            <PageWindow>
              {chunk.ids.map((id) => (
                <StatusCard key={id} id={id} />
              ))}
            </PageWindow>
            {feed.gaps.value.has(chunk.key) && <Gap fill={() => feed.fill(chunk.key)} />}
          </Fragment>
        ))}
      </div>
      {state.value === 'loading' && <Waiting />}
      {(state.value === 'failed' || state.value === 'offline') && (
        <Trouble text={feed.trouble.value} again={() => void feed.more()} />
      )}
      {ended.value && (nothing ? <Empty>{empty}</Empty> : <p class="end">{say('end')}</p>)}
      {!ended.value && state.value === 'idle' && !nothing && <Bottom reach={() => void feed.more()} />}
    </>
  )
}

function NewPosts({ feed }: { feed: Feed }) {
  const n = feed.waiting.value.length
  return (
    <div class="pill-place" aria-live="polite">
      {n > 0 && (
        <button
          type="button"
          class="button main pill"
          onClick={() => {
            feed.showWaiting()
            scrollTo({ top: 0 })
          }}
        >
          {say('new-posts', { n })}
        </button>
      )}
    </div>
  )
}

/** Says that posts are missing between two others, and loads them where they belong. */
function Gap({ fill }: { fill: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    await fill().catch((error: Error) => toast(error.message))
    setBusy(false)
  }
  return (
    <p class="gap">
      <button type="button" class="button" disabled={busy} onClick={() => void go()}>
        {say('gap-fill')}
      </button>
    </p>
  )
}

/** Asks for more as soon as the end comes near. */
function Bottom({ reach }: { reach: () => void }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const watch = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && reach(), {
      rootMargin: '1200px',
    })
    if (place.current) watch.observe(place.current)
    return () => watch.disconnect()
  })
  return <div ref={place} class="bottom" />
}

function follow(feed: Feed, stream: string): () => void {
  const stop = hear(stream, (event, payload) => {
    if (event === 'update') feed.hear(JSON.parse(payload) as Status)
    if (event === 'status.update') statuses.put(JSON.parse(payload) as Status)
    if (event === 'delete') feed.drop(payload)
  })
  const stopReturn = onReturn(() => void feed.catchUp())
  return () => {
    stop()
    stopReturn()
  }
}
