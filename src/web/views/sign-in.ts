import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { mailWords } from '../words-mail.ts'
import type { FormState } from './forms.ts'
import { field, form, problems } from './forms.ts'
import { sheet } from './sheet.ts'

export type SignInData = {
  /** Fields `login` and `password`. Say what is wrong in `problem`, never by field: which half was wrong stays ours. */
  form: FormState
  /** The path of this server to go on to, kept in the hidden field `next`. */
  next: string
  /** The app that waits for it, when consent comes after. */
  appName?: string | null
  /** Whether a reset link can be mailed. */
  mails?: boolean
}

/** Name and password. Posts `login`, `password`, `next`, `csrf`. */
export function signInPage(frame: Frame, data: SignInData): Html {
  const say = words.signIn
  const { form: state, next, appName } = data
  const labels = { login: say.login, password: say.password }
  const inside = html`
    ${field(state, {
      name: 'login',
      label: say.login,
      autocomplete: 'username',
      extra: html` autocapitalize="none" spellcheck="false"`,
    })}
    ${field(state, { name: 'password', label: say.password, type: 'password', autocomplete: 'current-password' })}
    <button class="button main full">${say.submit}</button>
  `
  return sheet(
    frame,
    say.title,
    html`
      <p class="lead">${appName ? say.forApp(appName) : say.intro(frame.site.name)}</p>
      ${problems(state, labels)}
      ${form(paths.signIn, frame.csrf, inside, { next })}
      <div class="or stack">
        <p>${data.mails ? html`<a href="${paths.forgotPassword}">${mailWords.forgotten}</a>` : say.forgotten}</p>
        ${
          frame.site.registrations !== 'closed' &&
          html`<p>${say.noAccount} <a href="${paths.signUp}">${words.frame.join}</a></p>`
        }
      </div>
    `,
  )
}
