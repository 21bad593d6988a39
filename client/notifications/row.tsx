import type { NotificationGroup } from '#notifications/entities.ts'
import { FollowButton } from '../account/follow-button.tsx'
import { post } from '../api.ts'
import { Avatar, plainName } from '../pieces/avatar.tsx'
import { Icon } from '../pieces/icon.tsx'
import { profilePath } from '../pieces/name.tsx'
import { Time } from '../pieces/time.tsx'
import { toast } from '../pieces/toast.tsx'
import { wordsOf } from '../status/content.tsx'
import { StatusCard, statusPath } from '../status/status.tsx'
import { accounts, statuses } from '../store.ts'
import { say } from '../words.ts'

/** Kinds that show the whole post with what can be done about it. */
const WHOLE = new Set(['mention', 'status', 'quote'])
const ICONS = {
  favourite: 'star',
  reblog: 'boost',
  follow: 'person',
  follow_request: 'person',
  poll: 'poll',
  update: 'edit',
} as const

/** One line of what happened: who, what, when, and the post it was about. */
export function NotificationRow({ group, fresh }: { group: NotificationGroup; fresh: boolean }) {
  const { type, status_id: statusId } = group
  const people = group.sample_account_ids.flatMap((id) => accounts.get(id)?.value ?? [])
  const [first] = people
  const status = statusId ? statuses.get(statusId)?.value : undefined
  if (WHOLE.has(type) && statusId)
    return (
      <div class={fresh ? 'fresh' : ''}>
        <StatusCard id={statusId} />
      </div>
    )
  const icon = type in ICONS ? ICONS[type as keyof typeof ICONS] : 'bell'
  const others = group.notifications_count - 1
  return (
    <article class={`notification${fresh ? ' fresh' : ''} ${icon}`} data-part="notification" tabIndex={-1}>
      <Icon name={icon} />
      <div class="grow">
        <p class="faces">
          {people.slice(0, 8).map((each) => (
            <a href={profilePath(each)} title={plainName(each)}>
              <Avatar account={each} size={32} />
            </a>
          ))}
        </p>
        <p>
          {say(`notice-${type.replace('.', '-')}`, {
            who: first ? plainName(first) : say('somebody'),
            others,
          })}{' '}
          {group.latest_page_notification_at && (
            <span class="hint">
              <Time iso={String(group.latest_page_notification_at)} />
            </span>
          )}
        </p>
        {status && (
          <p class="excerpt" dir="auto">
            <a href={statusPath(status)}>
              {status.spoiler_text || wordsOf(status.content).slice(0, 200) || say('post')}
            </a>
          </p>
        )}
        {type === 'follow' && first && others === 0 && <FollowButton account={first} />}
        {type === 'follow_request' && first && <Request id={first.id} />}
      </div>
    </article>
  )
}

function Request({ id }: { id: string }) {
  const answer = async (verb: 'authorize' | 'reject') => {
    try {
      await post(`/api/v1/follow_requests/${id}/${verb}`)
      toast(say(`request-${verb}-done`))
    } catch (error) {
      toast((error as Error).message)
    }
  }
  return (
    <p class="buttons">
      <button type="button" class="button main small" onClick={() => void answer('authorize')}>
        {say('request-authorize')}
      </button>
      <button type="button" class="button small" onClick={() => void answer('reject')}>
        {say('request-reject')}
      </button>
    </p>
  )
}
