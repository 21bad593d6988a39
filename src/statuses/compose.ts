import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, Viewer } from '#app.ts'
import { readPreferences } from '#auth/users.ts'
import type { Holder } from '#media/attach-media.ts'
import { attachableMedia } from '#media/attach-media.ts'
import type { MediaChanges } from '#media/describe-media.ts'
import { checkDescription, readFocus } from '#media/describe-media.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { file, flag, idList, idText, rows, text, wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { draftQuote, visibilityWith, wantedQuote } from './compose-quote.ts'
import type { Draft } from './draft.ts'
import type { Revision } from './edit-status.ts'
import { PolicyForm, policyOfForm, refuseUnwanted } from './interaction-policy.ts'
import { knownLanguage } from './language.ts'
import { PollForm, readPoll } from './poll-form.ts'
import { policyFor, quotePolicies } from './quote-policy.ts'
import type { MediaRow, StatusRow } from './statuses.ts'
import { write } from './typed-text.ts'
import { visibleOriginal } from './visibility.ts'

/** How many rows of attributes one edit may send. */
const MOST_ATTRIBUTES = 16

/** What a client sends to publish: https://docs.joinmastodon.org/methods/statuses/#create */
export const StatusForm = z.object({
  status: text(),
  spoiler_text: text(),
  visibility: wordOf(['public', 'unlisted', 'private', 'direct']),
  sensitive: flag.optional(),
  language: text(100).optional(),
  in_reply_to_id: idText.nullish(),
  /** Uploads of the member, in the order they are to be shown in. */
  media_ids: idList.optional(),
  poll: PollForm.nullish(),
  content_type: wordOf(['text/plain', 'text/markdown']),
  /** Shown on this server only, to signed-in members. */
  local_only: flag.optional(),
  /** Ids of the only accounts that may be mentioned. */
  allowed_mentions: idList.optional(),
  quoted_status_id: idText.nullish(),
  /** Who may quote it; what the member usually says where it is left out. */
  quote_approval_policy: wordOf(quotePolicies),
  /** Who may reply to it, boost and favourite it; everybody where it is left out. */
  interaction_policy: PolicyForm,
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
  options: { idempotencyKey?: string | null; scheduledId?: number } = {},
): Promise<Draft> {
  const preferences = readPreferences(viewer.user)
  const wanted = await wantedQuote(app, viewer.account, form.quoted_status_id)
  const parent = form.in_reply_to_id ? await parentOf(app, viewer.account, form.in_reply_to_id) : null
  const media = await mediaFor(app, viewer, form, options)
  const written = await write(app, viewer.account, {
    text: form.status ?? '',
    spoilerText: form.spoiler_text ?? '',
    contentType: form.content_type ?? 'text/plain',
    wordless: media.length > 0 ? signOf(media) : null,
    allowedMentions: form.allowed_mentions ?? null,
    isQuote: wanted !== null && !form.poll,
  })
  const usual = preferences.visibility ?? (viewer.account.locked ? 'private' : 'public')
  const visibility = visibilityWith(wanted, form.visibility ?? usual)
  const draft: Draft = {
    ...written,
    account: viewer.account,
    // A limited author's words are not put on public display.
    visibility: visibility === 'public' && viewer.account.silenced_at !== null ? 'unlisted' : visibility,
    sensitive: (form.sensitive ?? preferences.sensitive) || written.spoilerText !== '',
    language: languageOf(app, viewer, form),
    // The address of what is for this server alone leaves it as little as the words.
    localOnly: wanted?.quoted.local_only === 1 || (form.local_only ?? parent?.local_only === 1),
    parent,
    parentUri: parent?.uri ?? null,
    media: [],
    mediaIds: media.map((row) => row.id),
    poll: form.poll ? readPoll(form.poll, app.now(), app.config) : null,
    quote: null,
    quotePolicy: policyFor(visibility, form.quote_approval_policy ?? preferences.quotePolicy),
    interactionPolicy: policyOfForm(form.interaction_policy),
    conversationUri: null,
    foreign: null,
    applicationId: viewer.token?.application_id ?? null,
    idempotencyKey: options.idempotencyKey ?? null,
  }
  return { ...draft, quote: draftQuote(wanted, draft) }
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

async function mediaFor(
  app: App,
  viewer: Writer,
  form: Pick<StatusForm, 'media_ids' | 'poll'>,
  holder: Holder,
): Promise<MediaRow[]> {
  const ids = form.media_ids ?? []
  if (ids.length === 0) return []
  if (form.poll) throw invalid('Validation failed: A poll and files cannot go together')
  return attachableMedia(app, viewer.account.id, ids, holder)
}

/** What stands for words under a warning that hides files alone (surface k). */
function signOf([first]: MediaRow[]): string {
  if (first?.kind === 'audio') return '🎵'
  return first?.kind === 'video' || first?.kind === 'gifv' ? '📹' : '🖼'
}

async function parentOf(app: App, account: AccountRow, id: string): Promise<StatusRow> {
  const parent = await visibleOriginal(app, account, readId(id))
  if (parent.visibility === 'limited') throw notFound()
  await refuseUnwanted(app, account, parent, 'reply')
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
  media_ids: true,
  quote_approval_policy: true,
}).extend({
  media_attributes: rows(
    z.object({ id: idText, description: text(), focus: text(100), thumbnail: file }),
    MOST_ATTRIBUTES,
  ).optional(),
})

/**
 * Makes a revision from what a member typed. As in Mastodon it is the whole post: a warning, poll or file that is left
 * out is gone; only words and language that are left out stay.
 */
export async function revise(
  app: App,
  viewer: Writer,
  status: StatusRow,
  form: z.output<typeof EditForm>,
): Promise<Revision> {
  const media = await mediaFor(app, viewer, form, { statusId: status.id })
  const written = await write(app, viewer.account, {
    text: form.status ?? status.source ?? '',
    spoilerText: form.spoiler_text ?? '',
    contentType:
      form.content_type ?? (status.content_type === 'text/markdown' ? 'text/markdown' : 'text/plain'),
    wordless: media.length > 0 ? signOf(media) : null,
    allowedMentions: null,
    isQuote: status.quote_id !== null && !form.poll,
  })
  return {
    ...written,
    sensitive: (form.sensitive ?? false) || written.spoilerText !== '',
    language: knownLanguage(form.language) ?? status.language,
    media: null,
    attachments: { ids: media.map((row) => row.id), changes: changesOf(media, form.media_attributes ?? []) },
    poll: form.poll ? readPoll(form.poll, app.now(), app.config) : null,
  }
}

type Attributes = NonNullable<z.output<typeof EditForm>['media_attributes']>

/** What an edit says about its files, by their id; what is said about others does not count. */
function changesOf(media: MediaRow[], attributes: Attributes): Map<number, MediaChanges> {
  const changes = new Map<number, MediaChanges>()
  for (const each of attributes) {
    const row = media.find(({ id }) => String(id) === each.id)
    if (!row) continue
    const description = checkDescription(each.description)
    changes.set(row.id, { description, focus: readFocus(each.focus), thumbnail: each.thumbnail })
  }
  return changes
}
