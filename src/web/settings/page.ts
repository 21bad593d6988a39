import type { Html, Value } from '../html.ts'
import { html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import { settingsWords } from '../words-settings.ts'

export const settingsPaths = {
  profile: '/settings/profile',
  privacy: '/settings/privacy',
  posting: '/settings/posting',
  languages: '/settings/languages',
  appearance: '/settings/appearance',
  filters: '/settings/filters',
  development: '/settings/development',
  export: '/settings/export',
  move: '/settings/move',
  delete: '/settings/delete',
}

const SECTIONS: [path: string, title: string][] = [
  [settingsPaths.profile, settingsWords.profile.title],
  [settingsPaths.privacy, settingsWords.privacy.title],
  [settingsPaths.posting, settingsWords.posting.title],
  [settingsPaths.languages, settingsWords.languages.title],
  [settingsPaths.appearance, settingsWords.appearance.title],
  [settingsPaths.filters, settingsWords.filters.title],
  [paths.account, words.account.title],
  [paths.authorizedApps, words.apps.title],
  [settingsPaths.development, settingsWords.development.title],
  [settingsPaths.export, settingsWords.export.title],
  [settingsPaths.move, settingsWords.move.title],
  [settingsPaths.delete, settingsWords.delete.title],
]

export type SettingsPage = { path: string; title: string; purpose: string; inside: Value }

/** A page of the settings: the list of all at the start, one concern beside it. */
export function settingsPage(frame: Frame, { path, title, purpose, inside }: SettingsPage): Html {
  const body = html`
    <div class="settings">
      <nav class="settings-nav" aria-label="${settingsWords.nav}">
        <ul>
          <li><a href="/">${settingsWords.back}</a></li>
          ${SECTIONS.map(
            ([to, name]) =>
              html`<li><a href="${to}"${to === path && html` aria-current="page"`}>${name}</a></li>`,
          )}
        </ul>
      </nav>
      <div class="sheet wide">
        <h1>${title}</h1>
        <p class="hint">${purpose}</p>
        ${inside}
      </div>
    </div>
  `
  return page(frame, { title, body, head: { robots: 'noindex' } })
}
