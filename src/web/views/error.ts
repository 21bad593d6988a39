import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { mark } from '../icons.ts'
import type { Frame } from '../layout.ts'
import { page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'

export type ErrorData = {
  /** The HTTP status. */
  status: number
  /** Said instead of the usual sentence; our own words, never an error's message. */
  sentence?: string
  /** For finding it in the log. */
  requestId?: string
}

/** A refusal or failure: number, sentence, way on. */
export function errorPage(frame: Frame, { status, sentence, requestId }: ErrorData): Html {
  const say = words.errors
  const [title, usual] = say[status] ?? (say[status < 500 ? 400 : 500] as [string, string])
  const body = html`
    <div class="sheet empty">
      ${mark}
      <p class="big-number" aria-hidden="true">${status}</p>
      <h1>${title}</h1>
      <p class="lead">${sentence ?? usual}</p>
      ${requestId && html`<p class="hint">${say.request} <code>${requestId}</code></p>`}
      <p><a class="button" href="${paths.front}">${say.back}</a></p>
    </div>
  `
  return page(frame, { title: `${status} ${title}`, body, head: { robots: 'noindex' } })
}
