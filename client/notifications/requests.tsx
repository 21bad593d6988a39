import { signal } from '@preact/signals'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import { PersonRow } from '../account/people.tsx'
import { ask, post } from '../api.ts'
import { useLoaded } from '../pieces/loaded.ts'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { wordsOf } from '../status/content.tsx'
import { say } from '../words.ts'

const PATH = '/api/v1/notifications/requests'
const POLICY = '/api/v2/notifications/policy'
const GROUPS = [
  'for_not_following',
  'for_not_followers',
  'for_new_accounts',
  'for_private_mentions',
  'for_limited_accounts',
] as const
const ANSWERS = ['accept', 'filter', 'drop'] as const
type Policy = Record<(typeof GROUPS)[number], string> & {
  summary: { pending_requests_count: number; pending_notifications_count: number }
}

type Request = { id: string; account: Account; notifications_count: string; last_status?: Status | null }

/** How many people wait to be let in; asked for when notifications are opened. */
export const pending = signal(0)

export async function countPending(): Promise<void> {
  const { data } = await ask<Policy>(POLICY)
  pending.value = data.summary.pending_requests_count
}

/** Who wanted to reach the reader and was held back: let in or sent away, one by one or all, and the rules for it. */
export function RequestsPage() {
  const requests = useLoaded<Request[]>(`${PATH}?limit=80`)
  const rows = requests.data.value ?? []
  const answer = async (verb: 'accept' | 'dismiss', ids: readonly string[]) => {
    try {
      if (ids.length === 1) await post(`${PATH}/${ids[0]}/${verb}`)
      else await post(`${PATH}/${verb}`, { id: ids })
      toast(say(`requests-${verb}-done`, { n: ids.length }))
    } catch (error) {
      toast((error as Error).message)
    }
    await requests.again()
    await countPending().catch(() => {})
  }
  const all = rows.map(({ id }) => id)
  return (
    <>
      <ColumnHead title={say('requests')} />
      <PolicyForm />
      {requests.trouble.value && (
        <Trouble text={requests.trouble.value} again={() => void requests.again()} />
      )}
      {!requests.data.value && !requests.trouble.value && <Waiting rows={2} />}
      {requests.data.value && rows.length === 0 && (
        <Empty>
          <p>{say('requests-empty')}</p>
        </Empty>
      )}
      {rows.length > 1 && (
        <p class="buttons padded">
          <button type="button" class="button small" onClick={() => void answer('accept', all)}>
            {say('requests-accept-all')}
          </button>
          <button type="button" class="button small" onClick={() => void answer('dismiss', all)}>
            {say('requests-dismiss-all')}
          </button>
        </p>
      )}
      {rows.map(({ id, account, notifications_count, last_status }) => (
        <section key={id} class="suggestion">
          <PersonRow
            account={account}
            beside={
              <span class="buttons">
                <button type="button" class="button main small" onClick={() => void answer('accept', [id])}>
                  {say('requests-accept')}
                </button>
                <button type="button" class="button small" onClick={() => void answer('dismiss', [id])}>
                  {say('requests-dismiss')}
                </button>
              </span>
            }
          />
          <p class="hint padded" dir="auto">
            {say('requests-count', { n: Number(notifications_count) })}{' '}
            {last_status && (last_status.spoiler_text || wordsOf(last_status.content).slice(0, 140))}
          </p>
        </section>
      ))}
    </>
  )
}

function PolicyForm() {
  const policy = useLoaded<Policy>(POLICY)
  const change = async (group: string, value: string) => {
    try {
      policy.data.value = (await ask<Policy>(POLICY, { method: 'PATCH', body: { [group]: value } })).data
      toast(say('saved'))
    } catch (error) {
      toast((error as Error).message)
    }
  }
  const { value: now } = policy.data
  return (
    <details class="push-choices">
      <summary>{say('policy-title')}</summary>
      {now && (
        <div class="form">
          {GROUPS.map((group) => (
            <label>
              {say(`policy-${group}`)}
              <select
                class="input"
                value={now[group]}
                onChange={({ currentTarget: { value } }) => void change(group, value)}
              >
                {ANSWERS.map((each) => (
                  <option value={each}>{say(`policy-${each}`)}</option>
                ))}
              </select>
            </label>
          ))}
        </div>
      )}
      {policy.trouble.value && <Trouble text={policy.trouble.value} again={() => void policy.again()} />}
    </details>
  )
}
