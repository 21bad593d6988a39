import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { sheet } from './sheet.ts'

export type SetupDoneData =
  /** Just now: the owner's full handle. */
  | { state: 'fresh'; handle: string }
  /** Somebody came to the setup page of a finished server. */
  | { state: 'already' }

/** What stands where the setup form was. */
export function setupDonePage(frame: Frame, data: SetupDoneData): Html {
  const say = words.setupDone
  const buttons = html`
    <p class="buttons">
      ${!frame.viewer && html`<a class="button main" href="${paths.signIn}">${say.signIn}</a>`}
      <a class="button" href="${paths.front}">${say.open}</a>
    </p>
  `
  if (data.state === 'already') {
    return sheet(frame, say.alreadyTitle, html`<p class="lead">${say.already}</p>${buttons}`, {
      withMark: true,
    })
  }
  return sheet(
    frame,
    say.title,
    html`
      <p>${say.handle}:</p>
      <p class="copyable">${data.handle}</p>
      <h2>${say.next}</h2>
      <ol class="numbered">${say.steps.map((step) => html`<li>${step}</li>`)}</ol>
      ${buttons}
    `,
    { withMark: true },
  )
}
