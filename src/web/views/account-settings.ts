import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame, Viewer } from '../layout.ts'
import { noticeBox } from '../layout.ts'
import { paths } from '../paths.ts'
import { settingsPage } from '../settings/page.ts'
import { words } from '../words.ts'
import { mailWords } from '../words-mail.ts'
import type { FormState } from './forms.ts'
import { buttonForm, field, form, problems, usernameFor } from './forms.ts'
import { avatar, nameOf } from './names.ts'
import { shortTime } from './times.ts'

export type ShownSession = {
  id: string
  /** In words, as `Firefox on Linux`; empty when nobody knows. */
  browser: string
  ip: string | null
  /** ISO 8601. */
  lastSeenAt: string
  current: boolean
}

export type AccountSettingsData = {
  viewer: Viewer
  /** Fields `current_password` and `password`. */
  form: FormState
  /** The mail address, and the form that changes it: fields `email` and `email_password`. */
  mail: { address: string | null; form: FormState; done?: 'now' | 'once confirmed' | null }
  sessions: readonly ShownSession[]
  /** In ms since 1970. */
  now: number
}

/** Password, sign out, and where else one is signed in. */
export function accountSettingsPage(frame: Frame, data: AccountSettingsData): Html {
  const say = words.account
  const { viewer, form: state } = data
  const labels = { current_password: say.current, password: say.fresh }
  const inside = html`
      <div class="account-row">
        ${avatar(viewer)}
        <span class="grow">
          <span class="hidden-text">${say.signedInAs}</span>
          <b>${nameOf({ ...viewer, emojis: [] })}</b><bdi class="handle">@${viewer.username}@${frame.site.domain}</bdi>
        </span>
        ${buttonForm(paths.signOut, frame.csrf, words.frame.signOut)}
      </div>
      <section aria-labelledby="password">
        <h2 id="password">${say.password}</h2>
        <p class="hint">${say.passwordNote}</p>
        ${problems(state, labels)}
        ${form(paths.changePassword, frame.csrf, html`${usernameFor(viewer.username)}${passwordFields(state)}`)}
      </section>
      ${mailOf(frame, data)}
      ${sessionsOf(frame, data)}
    `
  return settingsPage(frame, { path: paths.account, title: say.title, purpose: say.purpose, inside })
}

function mailOf(frame: Frame, { mail, viewer }: AccountSettingsData): Html {
  const { address, form: state, done } = mail
  const inside = html`
    ${usernameFor(viewer.username)}
    ${field(state, { name: 'email', label: mailWords.addressNew, type: 'email', autocomplete: 'email' })}
    ${field(state, {
      name: 'email_password',
      label: mailWords.addressPassword,
      type: 'password',
      autocomplete: 'current-password',
    })}
    <div class="buttons"><button class="button main">${mailWords.addressChange}</button></div>
  `
  const said = done === 'now' ? mailWords.addressChanged : mailWords.addressAsked
  return html`
    <section aria-labelledby="mail">
      <h2 id="mail">${mailWords.address}</h2>
      ${done && noticeBox({ kind: 'ok', text: said })}
      <p class="hint">${address === null ? mailWords.addressNone : mailWords.addressNow(address)}</p>
      ${problems(state, { email: mailWords.addressNew, email_password: mailWords.addressPassword })}
      ${form(paths.changeEmail, frame.csrf, inside)}
    </section>
  `
}

function passwordFields(state: FormState): Html {
  const say = words.account
  return html`
    ${field(state, {
      name: 'current_password',
      label: say.current,
      type: 'password',
      autocomplete: 'current-password',
    })}
    ${field(state, {
      name: 'password',
      label: say.fresh,
      type: 'password',
      hint: say.freshHint,
      autocomplete: 'new-password',
      extra: html` minlength="8"`,
    })}
    <div class="buttons"><button class="button main">${say.change}</button></div>
  `
}

function sessionsOf({ csrf }: Frame, { sessions, now }: AccountSettingsData): Html {
  const say = words.account
  return html`
    <section aria-labelledby="sessions">
      <h2 id="sessions">${say.sessions}</h2>
      <ul class="plain-list">
        ${sessions.map(({ id, browser, ip, lastSeenAt, current }) => {
          const name = browser || say.unknownBrowser
          return html`
            <li class="session">
              <span>
                <b>${name}</b>${current && html` <span class="badge">${say.thisOne}</span>`}<br>
                <span class="hint">${ip && html`${ip} · `}${say.lastSeen}: ${shortTime(lastSeenAt, now, 'when')}</span>
              </span>
              ${!current && buttonForm(paths.endSession(id), csrf, say.end, { described: say.endLabel(name) })}
            </li>
          `
        })}
      </ul>
      ${sessions.length > 2 && buttonForm(paths.endOtherSessions, csrf, say.endOthers, { look: 'danger' })}
    </section>
  `
}
