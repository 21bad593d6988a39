import type { Html, Value } from '../html.ts'
import { html } from '../html.ts'
import { mark } from '../icons.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { ShownStatus } from './status-card.ts'
import { statusCard } from './status-card.ts'

/** Links to the neighbouring pages; null where there is none. */
export type Neighbours = { newer: string | null; older: string | null }

/** Posts one under the other, and after them the ways on or the end. */
export function statusList(
  statuses: readonly ShownStatus[],
  now: number,
  domain: string,
  { newer, older }: Neighbours,
  emptyWords: string,
): Html {
  const say = words.profile
  if (statuses.length === 0) return empty(emptyWords)
  return html`
    <div class="feed">${statuses.map((status) => statusCard(status, { now, domain }))}</div>
    ${!older && html`<p class="end">${say.start}</p>`}
    ${
      (newer || older) &&
      html`
        <nav class="pages" aria-label="${say.pages}">
          ${newer && html`<a class="button" rel="prev" href="${newer}">${say.newer}</a>`}
          ${older && html`<a class="button older" rel="next" href="${older}">${say.older}</a>`}
        </nav>
      `
    }
  `
}

/** Said where a list holds nothing. */
export function empty(text: Value): Html {
  return html`<div class="empty">${mark}<p>${text}</p></div>`
}

/** What stands beside a column; nothing when there is nothing to say. */
export function side(sections: readonly (Html | false)[]): Html | false {
  return sections.some(Boolean) && html`<aside class="side" data-part="side">${sections}</aside>`
}

/** For visitors: where they are and how to take part. */
export function aboutThisServer({ site, viewer }: Frame): Html | false {
  if (viewer) return false
  const say = words.landing
  return html`
    <section aria-labelledby="where">
      <h2 id="where">${say.whatIsThis}</h2>
      <p><b>${site.name}</b>. ${say.whatIsThisText}</p>
      <p>${say[site.registrations]}</p>
      <p><a href="${paths.about}">${say.moreAbout}</a></p>
    </section>
  `
}
