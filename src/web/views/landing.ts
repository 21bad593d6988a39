import { plainText } from '#platform/html.ts'
import type { Html } from '../html.ts'
import { html, raw } from '../html.ts'
import type { Frame } from '../layout.ts'
import { page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { aboutThisServer, empty, side } from './lists.ts'
import { nameOf } from './names.ts'
import { excerpt } from './profile.ts'
import type { ShownStatus } from './status-card.ts'
import { statusCard } from './status-card.ts'

export type LandingData = {
  /** Sanitised HTML, a sentence or two; empty when the keeper wrote none. */
  description: string
  /** Local public posts, newest first; null when the keeper does not show them. */
  statuses: readonly ShownStatus[] | null
  now: number
}

/** The front page of a server for several people. */
export function landingPage(frame: Frame, { description, statuses, now }: LandingData): Html {
  const { site, viewer } = frame
  const say = words.landing
  const about = description ? raw(description) : say.noDescription(site.domain)
  const told = excerpt(plainText(about.text), 300)
  const viewerName = viewer && nameOf({ ...viewer, emojis: [] })
  const body = html`
    <div class="pair">
      <div class="column" data-part="column">
        <header class="hero">
          ${rocks}
          <h1>${viewerName ? say.welcome(viewerName) : site.name}</h1>
          <div class="lead">${about}</div>
          ${buttons(frame)}
        </header>
        ${
          statuses &&
          html`
            <h2 class="part">${say.latest}</h2>
            ${statuses.length === 0 ? empty(say.noPosts) : html`<div class="feed">${statuses.map((status) => statusCard(status, { now, domain: site.domain }))}</div>`}
          `
        }
      </div>
      ${side([useAnApp(frame), aboutThisServer(frame)])}
    </div>
  `
  return page(frame, {
    title: site.name,
    body,
    head: {
      description: told,
      canonical: `${site.origin}/`,
      openGraph: { type: 'website', title: site.name, description: told, url: `${site.origin}/` },
    },
  })
}

function buttons({ site, viewer }: Frame): Html {
  if (viewer) {
    const say = words.landing.yourProfile
    return html`<p class="buttons"><a class="button main" href="${paths.profile(viewer.username)}">${say}</a></p>`
  }
  const say = words.frame
  return html`
    <p class="buttons">
      ${site.registrations !== 'closed' && html`<a class="button main" href="${paths.signUp}">${say.join}</a>`}
      <a class="button" href="${paths.signIn}">${say.signIn}</a>
    </p>
  `
}

function useAnApp({ site }: Frame): Html {
  const say = words.landing
  const host = html`<b>${new URL(site.origin).host}</b>`
  return html`
    <section aria-labelledby="apps">
      <h2 id="apps">${say.useAnApp}</h2>
      <p>${say.useAnAppHint(host)}</p>
    </section>
  `
}

/** Warm rock at dusk, with somebody on it. */
const rocks = raw(
  '<svg class="rocks" aria-hidden="true" viewBox="0 0 640 150" preserveAspectRatio="xMaxYMax slice">' +
    '<circle class="sky" cx="432" cy="96" r="52"/>' +
    '<path class="far" d="M0 150V112C60 96 96 104 150 92S262 60 330 84s112 34 176 20 92-26 134-18v64z"/>' +
    '<g class="hyrax" transform="translate(520 13) scale(1.4)"><path d="M42.5 19.5C41.5 13.5 36.5 9.5 30.5 9.5C29 5 ' +
    '22.5 5.2 22.8 11C22.9 13 21.5 14.6 19.8 16C12 21.5 6 27.5 6 35.5C6 40.5 9.5 43 14 43H36.5C36.5 37 36 31 34.5 ' +
    '25.2C39 25.8 43 23.5 42.5 19.5z"/><path d="M14.5 34.5C17 29.5 26.5 29.5 27 37.5C27.1 39.8 26.6 41.5 26 43M33.5 ' +
    '16.6V16.7"/></g>' +
    '<path class="near" d="M0 150v-14c80-8 150 6 236 2s130-20 196-40 96-24 148-20 44 6 60 10v62z"/></svg>',
)
