import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, Viewer } from '#app.ts'
import { readPreferences } from '#auth/users.ts'
import { notFound } from '#platform/errors.ts'
import { flag, idList, idText, text, wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import type { Draft } from './draft.ts'
import type { Revision } from './edit-status.ts'
import { knownLanguage } from './language.ts'
import { PollForm, readPoll } from './poll-form.ts'
import type { StatusRow } from './statuses.ts'
import { write } from './typed-text.ts'
import { visibleOriginal } from './visibility.ts'

/** What a client sends to publish: https://docs.joinmastodon.org/methods/statuses/#create */
export const StatusForm = z.object({
  status: text(),
  spoiler_text: text(),
  visibility: wordOf(['public', 'unlisted', 'private', 'direct']),
  sensitive: flag.optional(),
  language: text(100).optional(),
  in_reply_to_id: idText.nullish(),
  poll: PollForm.nullish(),
  content_type: wordOf(['text/plain', 'text/markdown']),
  /** Shown on this server only, to signed-in members. */
  local_only: flag.optional(),
  /** Ids of the only accounts that may be mentioned. */
  allowed_mentions: idList.optional(),
})
export type StatusForm = z.output<typeof StatusForm>

/** A member who writes, now or by a post that was scheduled. */
export type Writer = Pick<Viewer, 'account' | 'user'> & {
  token: Pick<Viewer['token'], 'application_id'> | null
}

/** Makes a draft from what a member typed: checks, defaults, mentions looked up, text rendered. */
export async function compose(
  app: App,
  viewer: Writer,
  form: StatusForm,
  options: { idempotencyKey?: string | null } = {},
): Promise<Draft> {
  const preferences = readPreferences(viewer.user)
  const parent = form.in_reply_to_id ? await parentOf(app, viewer.account, form.in_reply_to_id) : null
  const written = await write(app, viewer.account, {
    text: form.status ?? '',
    spoilerText: form.spoiler_text ?? '',
    contentType: form.content_type ?? 'text/plain',
    wordless: null,
    allowedMentions: form.allowed_mentions ?? null,
  })
  const usual = preferences.visibility ?? (viewer.account.locked ? 'private' : 'public')
  const visibility = form.visibility ?? usual
  return {
    ...written,
    account: viewer.account,
    // A limited author's words are not put on public display.
    visibility: visibility === 'public' && viewer.account.silenced_at !== null ? 'unlisted' : visibility,
    sensitive: (form.sensitive ?? preferences.sensitive) || written.spoilerText !== '',
    language: languageOf(app, viewer, form),
    localOnly: form.local_only ?? parent?.local_only === 1,
    parent,
    parentUri: parent?.uri ?? null,
    media: [],
    poll: form.poll ? readPoll(form.poll, app.now()) : null,
    conversationUri: null,
    foreign: null,
    applicationId: viewer.token?.application_id ?? null,
    idempotencyKey: options.idempotencyKey ?? null,
  }
}

/** The first of these that means a language: what was sent, what the member usually writes in, what the server speaks. */
function languageOf(app: App, viewer: Writer, form: Pick<StatusForm, 'language'>): string | null {
  const usual = [readPreferences(viewer.user).language, viewer.user.locale, app.config.defaultLocale]
  for (const code of [form.language, ...usual]) {
    const known = knownLanguage(code)
    if (known) return known
  }
  return null
}

async function parentOf(app: App, account: AccountRow, id: string): Promise<StatusRow> {
  const parent = await visibleOriginal(app, account, readId(id))
  if (parent.visibility === 'limited') throw notFound()
  return parent
}

/** What an edit may send. */
export const EditForm = StatusForm.pick({
  status: true,
  spoiler_text: true,
  sensitive: true,
  language: true,
  content_type: true,
  poll: true,
})

/**
 * Makes a revision from what a member typed. As in Mastodon it is the whole post: a warning or poll that is left
 * out is gone; only words and language that are left out stay.
 */
export async function revise(
  app: App,
  viewer: Writer,
  status: StatusRow,
  form: z.output<typeof EditForm>,
): Promise<Revision> {
  const written = await write(app, viewer.account, {
    text: form.status ?? status.source ?? '',
    spoilerText: form.spoiler_text ?? '',
    contentType:
      form.content_type ?? (status.content_type === 'text/markdown' ? 'text/markdown' : 'text/plain'),
    wordless: null,
    allowedMentions: null,
  })
  return {
    ...written,
    sensitive: (form.sensitive ?? false) || written.spoilerText !== '',
    language: knownLanguage(form.language) ?? status.language,
    media: null,
    poll: form.poll ? readPoll(form.poll, app.now()) : null,
  }
}
