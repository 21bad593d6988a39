import { useState } from 'preact/hooks'
import type { Poll } from '#statuses/present-poll.ts'
import { get, post } from '../api.ts'
import { withEmojis } from '../pieces/name.tsx'
import { Time } from '../pieces/time.tsx'
import { toast } from '../pieces/toast.tsx'
import { patch } from '../store.ts'
import { say } from '../words.ts'

type Shown = { statusId: string; poll: Poll; mine: boolean }

/** A poll: choices while one may vote, bars afterwards. */
export function PollBox({ statusId, poll, mine }: Shown) {
  const [picked, pick] = useState<number[]>([])
  const [looking, look] = useState(false)
  const voting = !poll.expired && !poll.voted && !mine && !looking
  const act = async (run: () => Promise<Poll>) => {
    try {
      patch(statusId, { poll: await run() })
    } catch (error) {
      toast((error as Error).message)
    }
  }
  return (
    <form
      class="poll"
      onSubmit={(event) => {
        event.preventDefault()
        void act(() => post<Poll>(`/api/v1/polls/${poll.id}/votes`, { choices: picked }))
      }}
    >
      {voting ? <Choices poll={poll} picked={picked} pick={pick} /> : <Bars poll={poll} />}
      <p class="hint">
        {voting && (
          <button class="button small" disabled={picked.length === 0}>
            {say('poll-vote')}
          </button>
        )}{' '}
        {!poll.expired && !poll.voted && !mine && (
          <button type="button" class="link" onClick={() => look(!looking)}>
            {looking ? say('poll-choose') : say('poll-look')}
          </button>
        )}
        {!poll.expired && (poll.voted || mine) && (
          <button
            type="button"
            class="link"
            onClick={() => void act(() => get<Poll>(`/api/v1/polls/${poll.id}`))}
          >
            {say('poll-refresh')}
          </button>
        )}{' '}
        {say('poll-people', { n: poll.voters_count ?? poll.votes_count })}
        {poll.expires_at && (
          <>
            {' · '}
            {poll.expired ? say('poll-ended') : say('poll-ends')} <Time iso={poll.expires_at} />
          </>
        )}
      </p>
    </form>
  )
}

function Choices({ poll, picked, pick }: { poll: Poll; picked: number[]; pick: (to: number[]) => void }) {
  return (
    <fieldset class="choices">
      <legend class="hidden-text">{say('poll')}</legend>
      {poll.options.map(({ title }, at) => (
        <label class="choice">
          <input
            type={poll.multiple ? 'checkbox' : 'radio'}
            name={`poll-${poll.id}`}
            checked={picked.includes(at)}
            onChange={({ currentTarget: { checked } }) =>
              pick(poll.multiple ? [...picked.filter((each) => each !== at), ...(checked ? [at] : [])] : [at])
            }
          />
          <span dir="auto">{withEmojis(title, poll.emojis)}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Bars({ poll }: { poll: Poll }) {
  const people = poll.voters_count ?? poll.votes_count
  const most = Math.max(...poll.options.map(({ votes_count: votes }) => votes ?? 0))
  return (
    <>
      {poll.options.map(({ title, votes_count: votes }, at) => {
        const percent = people > 0 && votes !== null ? Math.round((votes / people) * 100) : 0
        return (
          <div>
            <p class={`poll-line${poll.expired && votes === most && most > 0 ? ' won' : ''}`}>
              <span dir="auto">
                {withEmojis(title, poll.emojis)}
                {poll.own_votes?.includes(at) && ` ✓ ${say('poll-mine')}`}
              </span>
              {votes !== null && <span>{percent} %</span>}
            </p>
            {votes !== null && <meter value={percent} min={0} max={100} aria-hidden="true" />}
          </div>
        )
      })}
    </>
  )
}
