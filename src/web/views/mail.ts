import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { mailWords as say } from '../words-mail.ts'
import type { FormState } from './forms.ts'
import { field, form, problems } from './forms.ts'
import { sheet } from './sheet.ts'

/** Asks for the address that a reset link is mailed to. Posts `email` and `csrf`. */
export function forgotPasswordPage(frame: Frame, state: FormState): Html {
  const inside = html`
    ${field(state, { name: 'email', label: say.email, type: 'email', autocomplete: 'email' })}
    <button class="button main full">${say.send}</button>
  `
  return sheet(
    frame,
    say.forgotTitle,
    html`
      <p class="lead">${say.forgotIntro}</p>
      ${problems(state, { email: say.email })}
      ${form(paths.forgotPassword, frame.csrf, inside)}
      <div class="or"><p><a href="${paths.signIn}">${words.frame.signIn}</a></p></div>
    `,
  )
}

/** Says that a mail is on its way, if there is anybody to get it. */
export const mailSentPage = (frame: Frame): Html =>
  sheet(frame, say.sentTitle, html`<p class="lead">${say.sent}</p>`, { withMark: true })

/** Says to whoever just signed up where to look. */
export const lookInMailPage = (frame: Frame, address: string): Html =>
  sheet(frame, say.lookTitle, html`<p class="lead">${say.look(address)}</p>`, { withMark: true })

export type ConfirmationData =
  | { state: 'open'; address: string; token: string }
  | { state: 'done'; waits: boolean }
  | { state: 'bad' }

/** Where a confirmation link leads: a button first, so that programs that look at links confirm nothing. */
export function confirmationPage(frame: Frame, data: ConfirmationData): Html {
  if (data.state === 'bad')
    return sheet(frame, say.badTitle, html`<p class="lead">${say.bad}</p>`, { withMark: true })
  if (data.state === 'done')
    return sheet(
      frame,
      say.confirmedTitle,
      html`
        <p class="lead">${data.waits ? say.confirmedWaits : say.confirmed}</p>
        ${!data.waits && html`<p><a class="button main" href="${paths.signIn}">${words.frame.signIn}</a></p>`}
      `,
      { withMark: true },
    )
  const button = html`<button class="button main full">${say.confirm}</button>`
  return sheet(
    frame,
    say.confirmTitle,
    html`
      <p class="lead">${say.confirmIntro(data.address)}</p>
      ${form(paths.confirmation, frame.csrf, button, { confirmation_token: data.token })}
    `,
  )
}
