import { readPreferences, saveLocale, savePreferences } from '#auth/users.ts'
import { writtenLanguages } from '#instance/languages.ts'
import { pushLanguages } from '#notifications/push-words.ts'
import { spokenLanguage } from '#platform/text/spoken-language.ts'
import { html } from '../html.ts'
import { textOf } from '../route.ts'
import { choices } from '../views/forms.ts'
import { settingsWords } from '../words-settings.ts'
import type { Concern } from './form.ts'
import { settingsPaths } from './page.ts'

const say = settingsWords.languages
const NAME = 'languages'
const named = new Intl.DisplayNames(['en'], { type: 'language' })
const SPOKEN = pushLanguages.map((value) => ({ value, label: named.of(value) ?? value, hint: '' }))

/** Which languages public timelines show. */
export const languagesConcern: Concern = {
  path: settingsPaths.languages,
  title: say.title,
  purpose: say.purpose,
  labels: {},
  values: ({ session }) => ({
    ...Object.fromEntries(readPreferences(session.user).chosenLanguages.map((code) => [code, '1'])),
    locale: spokenLanguage(pushLanguages, session.user.locale),
  }),
  fields: (state) => html`
    ${choices(state, 'locale', say.spoken, SPOKEN)}
    <fieldset class="field columns" data-part="field">
      <legend>${say.legend}</legend>
      ${writtenLanguages().map(
        ({ code, name }) => html`
          <label class="check">
            <input type="checkbox" name="${NAME}[]" value="${code}"${state.values[code] && html` checked`}>
            <span lang="${code}" dir="auto">${name}</span>
          </label>
        `,
      )}
    </fieldset>
  `,
  async save({ app, session }, form) {
    const given = form[NAME]
    const wanted = new Set(Array.isArray(given) ? given : [])
    const chosen = writtenLanguages().flatMap(({ code }) => (wanted.has(code) ? [code] : []))
    session.user = await savePreferences(app, session.user, { chosen_languages: chosen })
    const locale = textOf(form, 'locale')
    if (pushLanguages.includes(locale)) session.user = await saveLocale(app, session.user, locale)
    return null
  },
}
