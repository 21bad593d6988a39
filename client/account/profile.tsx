import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Account } from '#accounts/present-account.ts'
import { get } from '../api.ts'
import { boot } from '../boot.ts'
import { compose } from '../compose/state.ts'
import { Avatar } from '../pieces/avatar.tsx'
import { confirmed, Menu } from '../pieces/menu.tsx'
import { fullHandle, Name } from '../pieces/name.tsx'
import { Trouble, Waiting } from '../pieces/states.tsx'
import { contentOf, noteOf } from '../status/content.tsx'
import { accounts, relations } from '../store.ts'
import { Timeline } from '../timeline/timeline.tsx'
import { count, say } from '../words.ts'
import { change, FollowButton } from './follow-button.tsx'

const TABS = {
  posts: 'exclude_replies=true',
  with_replies: '',
  media: 'only_media=true',
} as const
export type Tab = keyof typeof TABS

/** Finds an account by what stands in the address, once. */
export function useAccount(acct: string) {
  const state = useMemo(() => ({ id: signal<string | null>(null), trouble: signal('') }), [acct])
  useEffect(() => {
    get<Account>(`/api/v1/accounts/lookup?acct=${encodeURIComponent(acct)}`)
      .catch(() => find(acct))
      .then((account) => {
        accounts.put(account)
        state.id.value = account.id
      })
      .catch((error: Error) => {
        state.trouble.value = error.message
      })
  }, [state, acct])
  return state
}

/** Somebody of another server who is not known here yet. */
async function find(acct: string): Promise<Account> {
  const [found] = (
    await get<{ accounts: Account[] }>(
      `/api/v2/search?type=accounts&resolve=true&limit=1&q=${encodeURIComponent(`@${acct}`)}`,
    )
  ).accounts
  if (!found) throw new Error(say('nobody', { who: `@${acct}` }))
  return found
}

/** Somebody's profile with one of its lists of posts. */
export function ProfilePage({ acct = '', tab = 'posts' }: { acct?: string; tab?: Tab }) {
  const { id, trouble } = useAccount(acct)
  const account = id.value === null ? undefined : accounts.get(id.value)?.value
  if (trouble.value) return <Trouble text={trouble.value} />
  if (!account) return <Waiting rows={3} />
  const query = TABS[tab]
  return (
    <>
      <ProfileHead account={account} />
      <nav class="column-tabs" aria-label={say('profile-parts')}>
        <TabLink acct={acct} at="posts" tab={tab} />
        <TabLink acct={acct} at="with_replies" tab={tab} />
        <TabLink acct={acct} at="media" tab={tab} />
      </nav>
      <Timeline
        key={`${account.id}${tab}`}
        path={`/api/v1/accounts/${account.id}/statuses${query && `?${query}`}`}
        label={say(`tab-${tab}`)}
        empty={
          <p>
            {say('profile-empty')}{' '}
            {account.acct.includes('@') && (
              <a href={account.url} target="_blank" rel="noreferrer">
                {say('open-original')}
              </a>
            )}
          </p>
        }
      />
    </>
  )
}

function TabLink({ acct, at, tab }: { acct: string; at: Tab; tab: Tab }) {
  return (
    <a href={at === 'posts' ? `/@${acct}` : `/@${acct}/${at}`} aria-current={at === tab ? 'page' : undefined}>
      {say(`tab-${at}`)}
    </a>
  )
}

function ProfileHead({ account }: { account: Account }) {
  const relation = relations.get(account.id)?.value
  const mine = account.id === boot.me.id
  const header = account.header_static
  return (
    <header class="profile-head" data-part="profile-head">
      {header && !header.endsWith('/missing.png') ? (
        <img class="profile-banner" src={header} alt={account.header_description ?? ''} />
      ) : (
        <div class="profile-banner" />
      )}
      <div class="profile-top">
        <Avatar account={account} size={96} />
        <div class="buttons">
          {mine ? (
            <a class="button" href="/settings/profile">
              {say('edit-profile')}
            </a>
          ) : (
            <>
              <FollowButton account={account} />
              <Menu label={say('more')} items={menuOf(account)} />
            </>
          )}
        </div>
      </div>
      <h1>
        <Name account={account} />
      </h1>
      <p class="handle">
        <bdi>{fullHandle(account)}</bdi>
        {account.bot && <span class="badge">{say('bot')}</span>}
        {account.group && <span class="badge">{say('group')}</span>}
        {account.locked && <span class="badge">{say('locked')}</span>}
        {relation?.followed_by && <span class="badge">{say('follows-you')}</span>}
      </p>
      {account.moved && (
        <p class="notice info">
          {say('moved')}{' '}
          <a href={`/@${account.moved.acct}`}>
            <bdi>@{account.moved.acct}</bdi>
          </a>
        </p>
      )}
      <div class="text bio" dir="auto">
        {noteOf(account)}
      </div>
      {account.fields.length > 0 && (
        <dl class="fields">
          {account.fields.map(({ name, value, verified_at: verified }) => (
            <div class={verified ? 'verified' : ''}>
              <dt dir="auto">{name}</dt>
              <dd dir="auto">
                {contentOf(value, account)} {verified && <span class="badge">{say('verified')}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p class="counts">
        <span>{say('posts-n', { n: account.statuses_count })}</span>
        <a href={`/@${account.acct}/following`}>
          <b>{count(account.following_count)}</b> {say('following-many')}
        </a>
        <a href={`/@${account.acct}/followers`}>
          <b>{count(account.followers_count)}</b> {say('followers-many', { n: account.followers_count })}
        </a>
      </p>
    </header>
  )
}

function menuOf(account: Account) {
  const { id, acct } = account
  const relation = relations.get(id)?.value
  const host = acct.split('@')[1]
  const who = `@${acct}`
  return [
    { words: say('mention-them', { who }), run: () => void compose({ text: `${who} ` }) },
    Boolean(host) && { words: say('open-original'), href: account.url },
    relation?.following && {
      words: say(relation.notifying ? 'notify-off' : 'notify-on'),
      run: () => void change(id, 'follow', { notify: !relation.notifying }),
    },
    relation?.following && {
      words: say(relation.showing_reblogs ? 'boosts-off' : 'boosts-on'),
      run: () => void change(id, 'follow', { reblogs: !relation.showing_reblogs }),
    },
    relation?.followed_by && {
      words: say('remove-follower'),
      run: () => void change(id, 'remove_from_followers'),
    },
    {
      words: say(relation?.muting ? 'unmute-them' : 'mute-them', { who }),
      run: () => void change(id, relation?.muting ? 'unmute' : 'mute'),
    },
    {
      words: say(relation?.blocking ? 'unblock' : 'block-them', { who }),
      danger: true,
      run: () => void block(id, who, relation?.blocking === true),
    },
  ]
}

async function block(id: string, who: string, blocking: boolean): Promise<void> {
  if (blocking || (await confirmed(say('block-sure', { who }), say('block'))))
    await change(id, blocking ? 'unblock' : 'block')
}
