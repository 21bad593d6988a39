import { boot } from '../boot.ts'
import { say } from '../words.ts'
import type { PollDraft } from './state.ts'
import { change } from './state.ts'

const { polls } = boot.instance.configuration
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LENGTHS = [5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY]

/** A poll as it begins: two empty options, a day long. */
export const freshPoll = (): PollDraft => ({
  options: ['', ''],
  multiple: false,
  hideTotals: false,
  seconds: DAY,
})

/** The options of a poll; a new one appears while the last is being filled. */
export function PollForm({ poll }: { poll: PollDraft }) {
  const set = (to: Partial<PollDraft>) => change({ poll: { ...poll, ...to } })
  const write = (at: number, text: string) => {
    const options = poll.options.map((each, index) => (index === at ? text : each))
    const grows = at === options.length - 1 && text && options.length < polls.max_options
    set({ options: grows ? [...options, ''] : options })
  }
  return (
    <fieldset class="poll-form">
      <legend>{say('poll')}</legend>
      {poll.options.map((option, at) => (
        <input
          class="input"
          aria-label={say('poll-option', { n: at + 1 })}
          placeholder={say('poll-option', { n: at + 1 })}
          maxLength={polls.max_characters_per_option}
          value={option}
          onInput={({ currentTarget }) => write(at, currentTarget.value)}
        />
      ))}
      <div class="poll-choices">
        <label>
          {say('poll-length')}{' '}
          <select
            class="input"
            value={poll.seconds}
            onChange={({ currentTarget }) => set({ seconds: Number(currentTarget.value) })}
          >
            {LENGTHS.map((seconds) => (
              <option value={seconds}>{lengthOf(seconds)}</option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={poll.multiple}
            onChange={({ currentTarget }) => set({ multiple: currentTarget.checked })}
          />
          {say('poll-multiple')}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={poll.hideTotals}
            onChange={({ currentTarget }) => set({ hideTotals: currentTarget.checked })}
          />
          {say('poll-hide')}
        </label>
      </div>
    </fieldset>
  )
}

function lengthOf(seconds: number): string {
  if (seconds < HOUR) return say('length-minutes', { n: seconds / MINUTE })
  if (seconds < DAY) return say('length-hours', { n: seconds / HOUR })
  return say('length-days', { n: seconds / DAY })
}
