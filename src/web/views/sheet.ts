import type { Html, Value } from '../html.ts'
import { html } from '../html.ts'
import { mark } from '../icons.ts'
import type { Frame } from '../layout.ts'
import { page } from '../layout.ts'

/** A page that is one sheet: forms, answers, one thing to do. Search engines leave it alone. */
export function sheet(
  frame: Frame,
  title: string,
  inside: Value,
  { wide = false, withMark = false, alone = false } = {},
): Html {
  const body = html`
    <div class="sheet${wide && ' wide'}">
      ${withMark && html`<p>${largeMark}</p>`}
      <h1>${title}</h1>
      ${inside}
    </div>
  `
  return page(frame, { title, body, alone, head: { robots: 'noindex' } })
}

const largeMark = html`<span class="large-mark">${mark}</span>`
