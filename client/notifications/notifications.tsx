import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Account } from '#accounts/present-account.ts'
import type { NotificationGroup } from '#notifications/entities.ts'
import type { Status } from '#statuses/entities.ts'
import { ask, get, post } from '../api.ts'
import { boot } from '../boot.ts'
import { hear, onReturn } from '../live.ts'
import { askOrKept } from '../offline/kept-lists.ts'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { accounts, remember } from '../store.ts'
import { say } from '../words.ts'
import { PushChoices } from './push.tsx'
import { countPending, pending } from './requests.tsx'
import { NotificationRow } from './row.tsx'

type Page = { accounts: Account[]; statuses: Status[]; notification_groups: NotificationGroup[] }

const PATH = '/api/v2/notifications?limit=30'
const TABS = { all: '', mentions: '&types[]=mention&types[]=quote&types[]=status' } as const
type Tab = keyof typeof TABS

/** How many groups nobody has looked at yet. */
export const unread = signal(0)

const groups = signal<NotificationGroup[]>([])
const next = signal<string | null>(null)
const busy = signal(false)
const trouble = signal('')
const tab = signal<Tab>('all')
/** Up to which notification the reader had seen everything when the page was opened. */
const seenUpTo = signal(boot.markers.notifications?.last_read_id ?? '0')

const isNewer = (one: string, other: string) =>
  one.length > other.length || (one.length === other.length && one > other)

async function load(path: string, fresh: boolean): Promise<void> {
  busy.value = true
  trouble.value = ''
  try {
    const { data, next: more } = await (fresh ? askOrKept<Page>(path) : ask<Page>(path))
    for (const account of data.accounts) accounts.put(account)
    remember(data.statuses)
    groups.value = fresh ? data.notification_groups : [...groups.value, ...data.notification_groups]
    next.value = more
  } catch (error) {
    trouble.value = (error as Error).message
  }
  busy.value = false
}

const reload = () => load(PATH + TABS[tab.value], true)

/** Counts what is new, and keeps counting as it comes. */
export function watchNotifications(): void {
  const count = async () => {
    const { count: n } = await get<{ count: number }>('/api/v2/notifications/unread_count')
    unread.value = n
  }
  const quietly = () => void count().catch(() => {})
  quietly()
  hear('user', (event) => event === 'notification' && quietly())
  onReturn(quietly)
}

async function markSeen(): Promise<void> {
  const newest = groups.value[0]?.most_recent_notification_id
  if (!newest) return
  unread.value = 0
  await post('/api/v1/markers', { notifications: { last_read_id: String(newest) } }).catch(() => {})
}

/** What happened to the reader, gathered. */
export function NotificationsPage() {
  useEffect(() => {
    void reload().then(markSeen)
    void countPending().catch(() => {})
    const stop = hear('user', (event) => event === 'notification' && void reload().then(markSeen))
    return () => {
      stop()
      seenUpTo.value = String(groups.value[0]?.most_recent_notification_id ?? seenUpTo.value)
    }
  }, [tab.value])
  const firstSeen = groups.value.findIndex(
    (each) => !isNewer(String(each.most_recent_notification_id), seenUpTo.value),
  )
  return (
    <>
      <ColumnHead title={say('notifications')}>
        <nav class="column-tabs small" aria-label={say('notifications-kinds')}>
          {(['all', 'mentions'] as const).map((each) => (
            <button
              type="button"
              aria-pressed={tab.value === each}
              onClick={() => {
                tab.value = each
              }}
            >
              {say(`notifications-${each}`)}
            </button>
          ))}
          <a href="/notifications/requests">{say('requests')}</a>
        </nav>
      </ColumnHead>
      <PushChoices />
      {pending.value > 0 && (
        <p class="line-state">
          <a href="/notifications/requests">{say('requests-waiting', { n: pending.value })}</a>
        </p>
      )}
      {groups.value.map((group, at) => (
        <>
          {at === firstSeen && at > 0 && <p class="seen-line">{say('notifications-seen')}</p>}
          <NotificationRow key={group.group_key} group={group} fresh={firstSeen === -1 || at < firstSeen} />
        </>
      ))}
      {busy.value && groups.value.length === 0 && <Waiting />}
      {trouble.value && <Trouble text={trouble.value} again={() => void reload()} />}
      {!busy.value && !trouble.value && groups.value.length === 0 && (
        <Empty>
          <p>{say('notifications-empty')}</p>
        </Empty>
      )}
      {next.value && (
        <p class="end">
          <button type="button" class="button" onClick={() => next.value && void load(next.value, false)}>
            {say('load-more')}
          </button>
        </p>
      )}
    </>
  )
}
