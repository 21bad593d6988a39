import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { words } from '../words.ts'
import { sheet } from './sheet.ts'

/** A long text that the keeper wrote; `content` was made safe before. */
export function textPage(
  frame: Frame,
  { title, since, content }: { title: string; since: string; content: Html },
): Html {
  const inside = html`<p class="lead">${words.texts.from(since)}</p><div class="text">${content}</div>`
  return sheet(frame, title, inside, { wide: true })
}
