import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { paths } from '../paths.ts'
import { settingsPage } from '../settings/page.ts'
import { words } from '../words.ts'
import { buttonForm } from './forms.ts'
import { shortTime } from './times.ts'

export type AuthorizedAppsData = {
  apps: readonly {
    id: string
    name: string
    website: string | null
    /** ISO 8601. */
    since: string
    lastUsedAt: string | null
  }[]
  /** In ms since 1970. */
  now: number
}

/** The apps that may act for a member, each with a way to shut it out. */
export function authorizedAppsPage(frame: Frame, { apps, now }: AuthorizedAppsData): Html {
  const say = words.apps
  const inside = html`
      ${apps.length === 0 && html`<p>${say.none}</p>`}
      <ul class="plain-list">
        ${apps.map(({ id, name, website, since, lastUsedAt }) => {
          const title = website ? html`<a href="${website}" rel="noopener noreferrer">${name}</a>` : name
          return html`
            <li class="session">
              <span>
                <b>${title}</b><br>
                <span class="hint">${say.since}: ${shortTime(since, now, 'when')}${
                  lastUsedAt && html` · ${say.lastUsed}: ${shortTime(lastUsedAt, now, 'when')}`
                }</span>
              </span>
              ${buttonForm(paths.revokeApp(id), frame.csrf, say.revoke, { described: say.revokeLabel(name) })}
            </li>
          `
        })}
      </ul>
    `
  return settingsPage(frame, { path: paths.authorizedApps, title: say.title, purpose: say.purpose, inside })
}
