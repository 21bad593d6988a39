import { style } from '../assets.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { sprite } from '../icons.ts'
import type { Site } from '../layout.ts'
import { words } from '../words.ts'
import type { ShownMedia } from './media.ts'
import { mediaOf } from './media.ts'

/** A film or sound alone, without the frame of the other pages. */
export function playerPage(site: Site, media: ShownMedia): Html {
  return html`
    <!doctype html>
    <html lang="${words.lang}">
      <head>
        <meta charset="utf-8">
        <title>${media.description || site.name}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <link rel="stylesheet" href="${style.path}">
      </head>
      <body>
        ${sprite}
        <main>${mediaOf([media])}</main>
      </body>
    </html>
  `
}
