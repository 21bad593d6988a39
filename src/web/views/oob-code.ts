import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { words } from '../words.ts'
import { sheet } from './sheet.ts'

/** The authorisation code of an app that has no address to go back to (urn:ietf:wg:oauth:2.0:oob). */
export function oobCodePage(frame: Frame, { code, appName }: { code: string; appName: string }): Html {
  const say = words.code
  return sheet(
    frame,
    say.title,
    html`
      <p class="lead">${say.intro(html`<bdi>${appName}</bdi>`)}</p>
      <p><output class="copyable" aria-label="${say.label}">${code}</output></p>
      <p class="hint">${say.careful}</p>
    `,
    { withMark: true },
  )
}
