import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { buttonForm } from './forms.ts'
import type { ShownName } from './names.ts'
import { avatar, fullHandle, nameOf } from './names.ts'
import { sheet } from './sheet.ts'
import type { ShownStatus } from './status-card.ts'
import { statusCard } from './status-card.ts'

export type InteractData =
  | {
      kind: 'account'
      account: ShownName & { id: string; note: string }
      state: 'none' | 'requested' | 'following'
    }
  | { kind: 'status'; status: ShownStatus & { favourited?: boolean; reblogged?: boolean }; now: number }
  /** Nobody answers at that address, or there is nothing of the kind. */
  | { kind: 'nothing' }

/** Somebody came here from another server to follow a person or to act on a post. */
export function interactPage(frame: Frame, data: InteractData): Html {
  const say = words.interact
  if (data.kind === 'nothing')
    return sheet(frame, say.nothingTitle, html`<p class="lead">${say.nothing}</p>`, { withMark: true })
  if (data.kind === 'account') return accountSheet(frame, data)
  const { status, now } = data
  const act = (action: string, label: string) =>
    buttonForm(paths.interact, frame.csrf, label, {
      look: '',
      hidden: { kind: 'status', id: status.id, action },
    })
  return sheet(
    frame,
    say.statusTitle,
    html`
      ${statusCard(status, { now, domain: frame.site.domain })}
      <div class="buttons">
        ${status.favourited ? act('unfavourite', say.unfavourite) : act('favourite', say.favourite)}
        ${status.reblogged ? act('unreblog', say.unboost) : act('reblog', say.boost)}
      </div>
    `,
  )
}

function accountSheet(frame: Frame, { account, state }: InteractData & { kind: 'account' }): Html {
  const say = words.interact
  const label = { none: say.follow, requested: say.requested, following: say.unfollow }[state]
  const hidden = { kind: 'account', id: account.id, action: state === 'none' ? 'follow' : 'unfollow' }
  return sheet(
    frame,
    say.accountTitle,
    html`
      <div class="account-row">
        ${avatar(account)}
        <span class="grow">
          <b>${nameOf(account)}</b><bdi class="handle">${fullHandle(account, frame.site.domain)}</bdi>
        </span>
        ${buttonForm(paths.interact, frame.csrf, label, { look: state === 'none' ? 'main' : '', hidden })}
      </div>
    `,
  )
}
