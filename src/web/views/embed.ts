import { plainText } from '#platform/html.ts'
import { style } from '../assets.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { sprite } from '../icons.ts'
import type { Site } from '../layout.ts'
import { words } from '../words.ts'
import { plainName } from './names.ts'
import { excerpt } from './profile.ts'
import type { ShownStatus } from './status-card.ts'
import { statusCard } from './status-card.ts'

/** A post alone, without the frame of the other pages; its links leave the page it is shown in. */
export function embedPage(site: Site, { status, now }: { status: ShownStatus; now: number }): Html {
  const said = excerpt(status.spoiler_text || plainText(status.content), 70)
  return html`
    <!doctype html>
    <html lang="${words.lang}">
      <head>
        <meta charset="utf-8">
        <title>${words.status.title(plainName(status.account), said)}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <base target="_blank">
        <link rel="stylesheet" href="${style.path}">
      </head>
      <body>
        ${sprite}
        <main>${statusCard(status, { now, domain: site.domain, focus: true })}</main>
      </body>
    </html>
  `
}
