import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { FormState } from './forms.ts'
import { field, form, problems, usernameFor } from './forms.ts'
import { sheet } from './sheet.ts'

export type ResetPasswordData =
  /** A good link: the field `password`, and the token kept in the hidden field `reset_password_token`. */
  | { state: 'open'; form: FormState; token: string; handle: string }
  /** Used, too old or never given out. */
  | { state: 'bad' }

/** Where a reset link leads. */
export function resetPasswordPage(frame: Frame, data: ResetPasswordData): Html {
  const say = words.reset
  if (data.state === 'bad')
    return sheet(frame, say.badTitle, html`<p class="lead">${say.bad}</p>`, { withMark: true })
  const { form: state, token, handle } = data
  const inside = html`
    ${usernameFor(handle)}
    ${field(state, {
      name: 'password',
      label: say.password,
      type: 'password',
      hint: say.hint,
      autocomplete: 'new-password',
      extra: html` minlength="8"`,
    })}
    <button class="button main full">${say.submit}</button>
  `
  return sheet(
    frame,
    say.title,
    html`
      <p class="lead">${say.intro(html`<b><bdi>${handle}</bdi></b>`)}</p>
      ${problems(state, { password: say.password })}
      ${form(paths.resetPasswordPost, frame.csrf, inside, { reset_password_token: token })}
    `,
  )
}
