import type { Status } from '#statuses/entities.ts'
import { del, post } from '../api.ts'
import { boot } from '../boot.ts'
import { compose, editPost, redraft } from '../compose/state.ts'
import { Icon } from '../pieces/icon.tsx'
import { chosen, confirmed, Menu } from '../pieces/menu.tsx'
import { toast } from '../pieces/toast.tsx'
import { forget } from '../store.ts'
import type { Mark } from '../toggle.ts'
import { toggle } from '../toggle.ts'
import { count, say } from '../words.ts'
import { react } from './reactions.tsx'

/** What can be done with a post: answer, boost, favourite, bookmark, and the rest in a menu. */
export function Actions({ status }: { status: Status }) {
  const mayBoost =
    status.visibility === 'public' ||
    status.visibility === 'unlisted' ||
    (status.visibility === 'private' && status.account.id === boot.me.id)
  return (
    <footer class="status-foot actions" data-part="status-foot">
      <button
        type="button"
        class="action"
        aria-label={say('reply-n', { n: status.replies_count })}
        title={say('reply')}
        onClick={() => compose({ replyTo: status })}
      >
        <Icon name="reply" />
        <Count n={status.replies_count} />
      </button>
      <MarkButton
        status={status}
        mark="reblogged"
        icon="boost"
        n={status.reblogs_count}
        disabled={!mayBoost}
      />
      <MarkButton status={status} mark="favourited" icon="star" n={status.favourites_count} />
      <MarkButton status={status} mark="bookmarked" icon="bookmark" n={0} />
      <Menu label={say('more')} items={menuOf(status)} />
    </footer>
  )
}

const Count = ({ n }: { n: number }) => (n > 0 ? <span class="count">{count(n)}</span> : null)

type ButtonOf = {
  status: Status
  mark: Mark
  icon: 'boost' | 'star' | 'bookmark'
  n: number
  disabled?: boolean
}

function MarkButton({ status, mark, icon, n, disabled = false }: ButtonOf) {
  const on = status[mark] === true
  const words = say(`${mark}-${on ? 'on' : 'off'}`)
  return (
    <button
      type="button"
      class={`action ${icon}`}
      aria-pressed={on}
      aria-label={n > 0 ? `${words}, ${n}` : words}
      title={words}
      disabled={disabled}
      onClick={() => void toggle(status.id, mark)}
    >
      <Icon name={icon} />
      <Count n={n} />
    </button>
  )
}

function menuOf(status: Status) {
  const mine = status.account.id === boot.me.id
  const link = status.url ?? status.uri
  const { acct, id: accountId } = status.account
  return [
    { words: say('copy-link'), run: () => void copy(link) },
    !link.startsWith(location.origin) && { words: say('open-original'), href: link },
    status.quote_approval.current_user !== 'denied' &&
      status.quote_approval.current_user !== 'unknown' && {
        words: say('quote'),
        run: () => void compose({ quoting: status }),
      },
    { words: say('react'), run: () => void askForReaction(status.id) },
    { words: say('mark-list', { who: 'favourite' }), href: `/@${acct}/${status.id}/favourites` },
    { words: say('mark-list', { who: 'boost' }), href: `/@${acct}/${status.id}/reblogs` },
    {
      words: say(status.muted ? 'unmute-thread' : 'mute-thread'),
      run: () => void toggle(status.id, 'muted'),
    },
    mine && { words: say(status.pinned ? 'unpin' : 'pin'), run: () => void toggle(status.id, 'pinned') },
    mine && { words: say('edit'), run: () => void editPost(status) },
    mine && { words: say('redraft'), run: () => void redraft(status) },
    mine && { words: say('delete'), danger: true, run: () => void remove(status) },
    !mine && { words: say('mention-them', { who: `@${acct}` }), run: () => compose({ text: `@${acct} ` }) },
    !mine && {
      words: say('mute-them', { who: `@${acct}` }),
      run: () => void act(`/api/v1/accounts/${accountId}/mute`, say('muted')),
    },
    !mine && {
      words: say('block-them', { who: `@${acct}` }),
      danger: true,
      run: () => void block(accountId, acct),
    },
    !mine && { words: say('report-them', { who: `@${acct}` }), danger: true, run: () => void report(status) },
  ]
}

async function copy(link: string): Promise<void> {
  await navigator.clipboard.writeText(link).catch(() => {})
  toast(say('copied'))
}

async function act(path: string, done: string, body?: unknown): Promise<void> {
  try {
    await post(path, body)
    toast(done)
  } catch (error) {
    toast((error as Error).message)
  }
}

async function block(id: string, acct: string): Promise<void> {
  if (await confirmed(say('block-sure', { who: `@${acct}` }), say('block')))
    await act(`/api/v1/accounts/${id}/block`, say('blocked'))
}

async function report({ account, id }: Status): Promise<void> {
  const sure = await confirmed(say('report-sure', { who: `@${account.acct}` }), say('report'))
  if (sure) await act('/api/v1/reports', say('reported'), { account_id: account.id, status_ids: [id] })
}

async function remove({ id }: Status): Promise<void> {
  if (!(await confirmed(say('delete-sure'), say('delete')))) return
  try {
    await del(`/api/v1/statuses/${id}`)
    forget(id)
  } catch (error) {
    toast((error as Error).message)
  }
}

const COMMON = ['👍', '🔥', '😂', '😮', '😢', '🎉', '🤔', '💚']

/** A few emojis to choose from, in a dialog of their own. */
async function askForReaction(id: string): Promise<void> {
  const name = await chosen(say('react'), COMMON)
  if (name) await react(id, name, false)
}
