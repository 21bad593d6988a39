import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import type { Account } from '#accounts/present-account.ts'
import { PersonRow } from '../account/people.tsx'
import { ask, del, get, post, put } from '../api.ts'
import { useLoaded } from '../pieces/loaded.ts'
import { confirmed } from '../pieces/menu.tsx'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'

type List = { id: string; title: string; replies_policy: string; exclusive: boolean }
const POLICIES = ['followed', 'list', 'none']

async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    toast((error as Error).message)
    return false
  }
}

/** What a list is called, which answers it shows, whether home leaves its people out, and who is on it. */
export function EditListPage({ id = '' }: { id?: string }) {
  const path = `/api/v1/lists/${id}`
  const list = useLoaded<List>(path)
  const { route } = useLocation()
  const save = (change: Partial<List>) =>
    attempt(async () => {
      list.data.value = await put<List>(path, { ...list.data.value, ...change })
      toast(say('saved'))
    })
  const drop = async () => {
    const title = list.data.value?.title ?? ''
    if (!(await confirmed(say('list-delete-sure', { title }), say('delete')))) return
    if (await attempt(() => del(path))) route('/lists')
  }
  const { value: known } = list.data
  return (
    <>
      <ColumnHead title={known?.title ?? say('list')}>
        <a class="button small" href={`/lists/${id}`}>
          {say('list-open')}
        </a>
      </ColumnHead>
      {list.trouble.value && <Trouble text={list.trouble.value} again={() => void list.again()} />}
      {!known && !list.trouble.value && <Waiting rows={2} />}
      {known && (
        <>
          <form class="form padded" onSubmit={(event) => event.preventDefault()}>
            <label>
              {say('list-name')}
              <input
                class="input"
                value={known.title}
                required
                maxLength={255}
                onChange={({ currentTarget: { value } }) =>
                  value.trim() && void save({ title: value.trim() })
                }
              />
            </label>
            <label>
              {say('list-replies')}
              <select
                class="input"
                value={known.replies_policy}
                onChange={({ currentTarget: { value } }) => void save({ replies_policy: value })}
              >
                {POLICIES.map((each) => (
                  <option value={each}>{say(`list-replies-${each}`)}</option>
                ))}
              </select>
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={known.exclusive}
                onChange={({ currentTarget: { checked } }) => void save({ exclusive: checked })}
              />{' '}
              {say('list-exclusive')}
            </label>
            <div class="buttons">
              <button type="button" class="button danger" onClick={() => void drop()}>
                {say('list-delete')}
              </button>
            </div>
          </form>
          <Members id={id} />
        </>
      )}
    </>
  )
}

/** Who is on the list, and a search among those the reader follows. */
function Members({ id }: { id: string }) {
  const path = `/api/v1/lists/${id}/accounts`
  const members = useLoaded<Account[]>(`${path}?limit=0`)
  const found = useMemo(() => signal<Account[] | null>(null), [id])
  const isMember = (account: Account) => members.data.value?.some((each) => each.id === account.id) === true
  const search = (text: string) =>
    attempt(async () => {
      const query = `/api/v1/accounts/search?following=true&limit=20&q=${encodeURIComponent(text)}`
      found.value = text ? await get<Account[]>(query) : null
    })
  const toggle = (account: Account) =>
    attempt(async () => {
      const body = { account_ids: [account.id] }
      if (isMember(account)) await ask(path, { method: 'DELETE', body })
      else await post(path, body)
      await members.again()
    })
  const row = (account: Account) => (
    <PersonRow
      key={account.id}
      account={account}
      beside={
        <button
          type="button"
          class={`button small${isMember(account) ? '' : ' main'}`}
          onClick={() => void toggle(account)}
        >
          {say(isMember(account) ? 'list-remove' : 'list-put')}
        </button>
      }
    />
  )
  return (
    <>
      <h2 class="rows-title">{say('list-members')}</h2>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          void search(String(new FormData(event.currentTarget).get('who')).trim())
        }}
      >
        <input
          class="input"
          type="search"
          name="who"
          aria-label={say('list-find')}
          placeholder={say('list-find')}
        />
        <button class="button">{say('search')}</button>
      </form>
      {found.value?.map(row)}
      {found.value?.length === 0 && <p class="end">{say('list-find-empty')}</p>}
      {members.trouble.value && <Trouble text={members.trouble.value} again={() => void members.again()} />}
      {!found.value && members.data.value?.map(row)}
      {!found.value && members.data.value?.length === 0 && (
        <Empty>
          <p>{say('list-members-empty')}</p>
        </Empty>
      )}
    </>
  )
}
