import type { Html } from '../html.ts'
import { html, safeUrl } from '../html.ts'
import type { Frame } from '../layout.ts'
import { words } from '../words.ts'
import { sheet } from './sheet.ts'

/** What somebody of another server made lives there: says so, and lets the reader go on (WEB-08). */
export function awayPage(frame: Frame, { url }: { url: string }): Html {
  const say = words.away
  const { host } = new URL(url)
  return sheet(
    frame,
    say.title,
    html`
      <p class="lead">${say.intro(html`<b><bdi>${host}</bdi></b>`)}</p>
      <p><a class="button main" href="${safeUrl(url)}" rel="nofollow noopener noreferrer">${say.go}</a></p>
    `,
    { withMark: true },
  )
}
