import { OUT_OF_BAND, registerApplication } from '#auth/apps.ts'
import { createToken } from '#auth/tokens.ts'
import { invalid } from '#platform/errors.ts'
import { html } from '../html.ts'
import { paths } from '../paths.ts'
import { textOf } from '../route.ts'
import { field, option } from '../views/forms.ts'
import { settingsWords } from '../words-settings.ts'
import type { Concern } from './form.ts'
import { settingsPaths } from './page.ts'

const say = settingsWords.development
const SCOPES = ['read', 'write', 'push'] as const

/** A token for a script of one's own, shown once, with a line that tries it. */
export const developmentConcern: Concern = {
  path: settingsPaths.development,
  title: say.title,
  purpose: say.purpose,
  labels: { name: say.name, read: say.what },
  values: () => ({ read: '1' }),
  fields: (state) => html`
    ${field(state, { name: 'name', label: say.name, extra: html` maxlength="60"` })}
    <fieldset class="field">
      <legend>${say.what}</legend>
      ${SCOPES.map((scope) => option(state, scope, say[scope]))}
    </fieldset>
    <p><a href="${paths.authorizedApps}">${say.list}</a></p>
  `,
  async save({ app, domain, session }, form) {
    const scopes: string[] = SCOPES.filter((scope) => form[scope] === '1')
    if (scopes.length === 0) throw invalid('Choose at least one thing it may do.')
    if (scopes.includes('write')) scopes.push('follow')
    const name = textOf(form, 'name')
    const wanted = { name, redirectUris: [OUT_OF_BAND], scopes: scopes.join(' ') }
    const { application } = await registerApplication(app, wanted)
    const token = await createToken(app, { applicationId: application.id, userId: session.user.id, scopes })
    const line = `curl -H 'Authorization: Bearer ${token}' ${domain.origin}/api/v1/accounts/verify_credentials`
    return html`
      <p>${say.made}</p><p><code class="token">${token}</code></p>
      <p>${say.try}</p><pre><code>${line}</code></pre>
    `
  },
}
