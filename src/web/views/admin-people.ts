import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { noticeBox } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { buttonForm } from './forms.ts'
import type { Neighbours } from './lists.ts'
import { empty } from './lists.ts'
import type { AvatarOf, ShownEmoji } from './names.ts'
import { avatar, nameOf } from './names.ts'
import { sheet } from './sheet.ts'
import { dateOf, fullTime } from './times.ts'

export type ShownPerson = AvatarOf & {
  id: string
  emojis: readonly ShownEmoji[]
  email: string | null
  /** ISO 8601. */
  createdAt: string
  /** Empty for a plain member. */
  role: string
  state: 'active' | 'pending' | 'disabled' | 'suspended'
  /** What they wrote when they asked to join. */
  reason: string | null
}

export type AdminPeopleData = Neighbours & {
  people: readonly ShownPerson[]
  total: number
  waiting: number
  /** A link made a moment ago, shown once. */
  resetLink?: { username: string; url: string; expiresAt: string } | null
}

/** Everyone with an account, and what an administrator can do with each. */
export function adminPeoplePage(frame: Frame, data: AdminPeopleData): Html {
  const say = words.people
  const { people, waiting, resetLink, newer, older } = data
  return sheet(
    frame,
    say.title,
    html`
      <p class="hint">${say.intro}</p>
      ${resetLink && noticeBox({ kind: 'ok', text: linkMade(resetLink) })}
      ${waiting > 0 && noticeBox({ kind: 'info', text: say.waiting(waiting) })}
      ${people.length === 0 ? empty(say.empty) : table(frame, data)}
      ${
        (newer || older) &&
        html`
          <nav class="buttons" aria-label="${say.title}">
            ${newer && html`<a class="button" rel="prev" href="${newer}">${words.profile.newer}</a>`}
            ${older && html`<a class="button" rel="next" href="${older}">${words.profile.older}</a>`}
          </nav>
        `
      }
    `,
    { wide: true },
  )
}

function linkMade({ username, url, expiresAt }: NonNullable<AdminPeopleData['resetLink']>): Html {
  const say = words.people
  return html`
    <p>${say.linkFor(html`<bdi>@${username}</bdi>`)} ${say.expires(fullTime(expiresAt))}</p>
    <p class="copyable inline">${url}</p>
  `
}

function table(frame: Frame, { people, total }: AdminPeopleData): Html {
  const say = words.people
  const columns = [say.person, say.email, say.joined, say.actions]
  return html`
    <div class="table-frame">
      <table class="cards">
        <caption>${say.caption(total)}</caption>
        <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>${people.map((person) => row(frame, person))}</tbody>
      </table>
    </div>
  `
}

function row({ csrf }: Frame, person: ShownPerson): Html {
  const say = words.people
  const { id, username, state } = person
  const badge = state === 'pending' ? 'waiting' : 'off'
  return html`
    <tr>
      <th scope="row">
        <div class="person">
          ${avatar(person, 40)}
          <span>
            <a href="${paths.profile(username)}">${nameOf(person)}</a>
            ${state !== 'active' && html` <span class="badge ${badge}">${say[state]}</span>`}
            ${person.role && html` <span class="badge">${person.role}</span>`}
            <span class="hint"><bdi>@${username}</bdi></span>
            ${person.reason && html`<span class="hint" dir="auto">“${person.reason}”</span>`}
          </span>
        </div>
      </th>
      <td data-label="${say.email}">${person.email ?? say.noEmail}</td>
      <td data-label="${say.joined}">${dateOf(person.createdAt)}</td>
      <td>
        <div class="buttons">
          ${
            state === 'pending'
              ? html`
                  ${buttonForm(paths.person(id, 'approve'), csrf, say.approve, { look: 'main small', described: say.approveOf(username) })}
                  ${buttonForm(paths.person(id, 'reject'), csrf, say.reject, { look: 'danger small', described: say.rejectOf(username) })}
                `
              : buttonForm(paths.person(id, 'reset-link'), csrf, say.resetLink, {
                  described: say.resetLinkOf(username),
                })
          }
        </div>
      </td>
    </tr>
  `
}
