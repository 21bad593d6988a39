import { ProfileForm, saveProfileForm } from '#accounts/profile-form.ts'
import type { App } from '#app.ts'
import { presentCredentials } from '#auth/present-credentials.ts'
import { userById } from '#auth/users.ts'
import type { Form } from '#platform/http/forms.ts'
import { parseFields } from '#platform/http/input.ts'
import { UploadedFile } from '#platform/http/uploads.ts'
import { html } from '../html.ts'
import type { Field, FormState } from '../views/forms.ts'
import { field, option } from '../views/forms.ts'
import { avatar } from '../views/names.ts'
import { settingsWords } from '../words-settings.ts'
import type { Concern, Member } from './form.ts'
import { settingsPaths } from './page.ts'

const say = settingsWords.profile
const FIELDS = [0, 1, 2, 3]

/** Changes profile and preferences as the form of a page says; boxes that are not ticked count as taken back. */
export async function saveMember(visit: Member, form: Form, ticks: readonly string[]): Promise<void> {
  const { app, session } = visit
  const given = { ...form }
  for (const name of ticks) given[name] ??= '0'
  const parsed = parseFields(ProfileForm, given) as ProfileForm
  const saved = await saveProfileForm(app, { account: session.account, user: session.user }, parsed)
  session.account = saved.account
  session.user = saved.user
}

/** What the owner sees of their account. */
export async function own({ app, domain, session }: Member) {
  const user = (await userById(app as App, session.user.id)) ?? session.user
  return presentCredentials(app, domain, { account: session.account, user })
}

async function values(visit: Member): Promise<FormState['values']> {
  const shown = await own(visit)
  const lines = FIELDS.flatMap((at) => [
    [nameAt(at), shown.source.fields[at]?.name],
    [textAt(at), shown.source.fields[at]?.value],
  ])
  return {
    display_name: shown.display_name,
    note: shown.source.note,
    avatar_description: shown.avatar_description,
    header_description: shown.header_description,
    bot: shown.bot ? '1' : undefined,
    ...Object.fromEntries(lines),
  }
}

const nameAt = (at: number) => `fields_attributes[${at}][name]`
const textAt = (at: number) => `fields_attributes[${at}][value]`

/** The form everybody sees the outcome of. */
export const profileConcern: Concern = {
  path: settingsPaths.profile,
  title: say.title,
  purpose: say.purpose,
  hasFiles: true,
  labels: {
    display_name: say.display_name,
    note: say.note,
    avatar: say.avatar,
    header: say.header,
    avatar_description: say.avatar_description,
    header_description: say.header_description,
    ...Object.fromEntries(
      FIELDS.flatMap((at) => [
        [nameAt(at), say.field(at + 1)],
        [textAt(at), say.value(at + 1)],
      ]),
    ),
  },
  values,
  fields: (state, visit) => {
    const box = (name: string, label: string, more: Partial<Field> = {}) =>
      field(state, { name, label, optional: true, ...more })
    const described = { hint: say.describe, extra: html` maxlength="150"` }
    return html`
      ${box('display_name', say.display_name, { autocomplete: 'nickname', extra: html` maxlength="30"` })}
      ${box('note', say.note, { type: 'textarea', hint: say.noteHint })}
      <div class="picture-row">${visit.frame.viewer && avatar(visit.frame.viewer, 96)}${box('avatar', say.avatar, { type: 'file', hint: say.avatarHint })}</div>
      ${box('avatar_description', say.avatar_description, described)}
      ${box('header', say.header, { type: 'file' })}
      ${box('header_description', say.header_description, described)}
      <p class="hint">${say.fieldsHint}</p>
      ${FIELDS.map(
        (at) => html`
          <div class="field-pair">
            ${box(nameAt(at), say.field(at + 1), { extra: html` maxlength="255"` })}
            ${box(textAt(at), say.value(at + 1), { extra: html` maxlength="255"` })}
          </div>
        `,
      )}
      ${option(state, 'bot', say.bot)}
    `
  },
  async save(visit, form) {
    // A file box that was left empty still sends an empty file.
    const kept = Object.entries(form).filter(
      ([, value]) => !(value instanceof UploadedFile && value.size === 0),
    )
    await saveMember(visit, Object.fromEntries(kept) as Form, ['bot'])
    return null
  },
}
