import { html } from '../html.ts'
import { choices, field, option } from '../views/forms.ts'
import { settingsWords } from '../words-settings.ts'
import type { Concern } from './form.ts'
import { settingsPaths } from './page.ts'
import { own, saveMember } from './profile.ts'

const REACH = [
  'locked',
  'discoverable',
  'indexable',
  'hide_collections',
  'show_media',
  'show_media_replies',
  'show_featured',
] as const

/** `['Everyone', 'Anyone can see it.']` by value, as the choices of a form. */
export const choicesOf = (all: Record<string, readonly [string, string]>) =>
  Object.entries(all).map(([value, [label, hint]]) => ({ value, label, hint }))

/** Who may follow, and where one can be found. */
export const privacyConcern: Concern = {
  path: settingsPaths.privacy,
  title: settingsWords.privacy.title,
  purpose: settingsWords.privacy.purpose,
  labels: {},
  async values(visit) {
    const shown = await own(visit)
    return Object.fromEntries(REACH.map((name) => [name, shown[name] ? '1' : undefined]))
  },
  fields: (state) => html`${REACH.map((name) => option(state, name, settingsWords.privacy[name]))}`,
  async save(visit, form) {
    await saveMember(visit, form, REACH)
    return null
  },
}

const posting = settingsWords.posting
const SENSITIVE = 'source[sensitive]'

/** How the composer begins. */
export const postingConcern: Concern = {
  path: settingsPaths.posting,
  title: posting.title,
  purpose: posting.purpose,
  labels: { 'source[language]': posting.language },
  async values(visit) {
    const { source } = await own(visit)
    return {
      'source[privacy]': source.privacy,
      'source[quote_policy]': source.quote_policy,
      'source[language]': source.language ?? '',
      [SENSITIVE]: source.sensitive ? '1' : undefined,
    }
  },
  fields: (state) => html`
    ${choices(state, 'source[privacy]', posting.audience, choicesOf(posting.audiences))}
    ${choices(state, 'source[quote_policy]', posting.quotes, choicesOf(posting.quotePolicies))}
    ${field(state, { name: 'source[language]', label: posting.language, hint: posting.languageHint, optional: true, extra: html` maxlength="12"` })}
    ${option(state, SENSITIVE, posting.sensitive)}
  `,
  async save(visit, form) {
    const source = typeof form.source === 'object' ? (form.source as Record<string, unknown>) : {}
    await saveMember(
      visit,
      { ...form, source: { ...source, sensitive: source.sensitive ?? '0' } } as typeof form,
      [],
    )
    return null
  },
}
