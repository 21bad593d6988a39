import type { Html } from '../html.ts'
import { html, jsonData } from '../html.ts'
import type { Frame } from '../layout.ts'
import { sheetOf } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'

/** What the shell is filled with: the first data, and where the app's pieces lie. */
export type Shell = { boot: unknown; script: string; pieces: readonly string[]; style: string }

/** The document of the member app; without script it says so and leads to the plain pages. */
export function appPage(frame: Frame, { boot, script, pieces, style }: Shell): Html {
  return sheetOf(frame, {
    title: frame.site.name,
    more: html`
      <link rel="stylesheet" href="${style}">
      <link rel="manifest" href="/manifest.webmanifest">
      <link rel="apple-touch-icon" href="/assets/icon.png">
      ${pieces.map((path) => html`<link rel="modulepreload" href="${path}">`)}
      <script type="module" src="${script}"></script>
    `,
    body: html`
      <div id="app"></div>
      <noscript>
        <main class="sheet">
          <p>${words.frame.needsScript}</p>
          <p><a href="${paths.front}?plain=1">${words.frame.plainPages}</a></p>
        </main>
      </noscript>
      ${jsonData('application/json', boot, 'boot')}
    `,
  })
}
