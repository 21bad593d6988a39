import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import type { App, Viewer } from '#app.ts'
import { readPreferences } from '#auth/users.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { isBlank } from '#platform/html.ts'
import { flag, idText } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { formatText } from '#platform/text/format-text.ts'
import type { Span } from '#platform/text/parse-text.ts'
import { parseText, statusLength } from '#platform/text/parse-text.ts'
import type { Draft } from './draft.ts'
import type { Revision } from './edit-status.ts'
import { PollForm, readPoll } from './poll-form.ts'
import type { StatusRow } from './statuses.ts'
import { visibleOriginal } from './visibility.ts'

/** Text and warning together, in graphemes; links count 23 (surface j). */
export const MOST_CHARACTERS = 500
/** How many unknown handles of one post are looked up elsewhere. */
const MOST_LOOKUPS = 20
const MOST_MENTIONS = 100

const language = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)

/** What a client sends to publish: https://docs.joinmastodon.org/methods/statuses/#create */
export const StatusForm = z.object({
  status: z.string().max(100_000).optional(),
  spoiler_text: z.string().max(100_000).optional(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']).optional(),
  sensitive: flag.optional(),
  language: language.or(z.literal('')).nullish(),
  in_reply_to_id: idText.nullish(),
  poll: PollForm.nullish(),
  content_type: z.enum(['text/plain', 'text/markdown']).optional(),
  application: z.never().optional(),
})
export type StatusForm = z.output<typeof StatusForm>

/** Makes a draft from what a member typed: checks, defaults, mentions looked up, text rendered. */
export async function compose(
  app: App,
  viewer: Viewer,
  form: StatusForm,
  options: { idempotencyKey?: string | null } = {},
): Promise<Draft> {
  const preferences = readPreferences(viewer.user)
  const parent = form.in_reply_to_id ? await parentOf(app, viewer.account, form.in_reply_to_id) : null
  const written = await write(app, viewer, {
    text: form.status ?? '',
    spoilerText: form.spoiler_text ?? '',
    contentType: form.content_type ?? 'text/plain',
  })
  const usual = preferences.visibility ?? (viewer.account.locked ? 'private' : 'public')
  const visibility = form.visibility ?? usual
  return {
    ...written,
    account: viewer.account,
    // A limited author's words are not put on public display.
    visibility: visibility === 'public' && viewer.account.silenced_at !== null ? 'unlisted' : visibility,
    sensitive: (form.sensitive ?? preferences.sensitive) || written.spoilerText !== '',
    language: form.language || preferences.language || viewer.user.locale || app.config.defaultLocale,
    parent,
    parentUri: parent?.uri ?? null,
    media: [],
    poll: form.poll ? readPoll(form.poll, app.now()) : null,
    conversationUri: null,
    foreign: null,
    applicationId: viewer.token.application_id,
    idempotencyKey: options.idempotencyKey ?? null,
  }
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

/** Makes a revision from what a member typed; what is left out stays as it was. */
export async function revise(
  app: App,
  viewer: Viewer,
  status: StatusRow,
  form: z.output<typeof EditForm>,
): Promise<Revision> {
  const written = await write(app, viewer, {
    text: form.status ?? status.source ?? '',
    spoilerText: form.spoiler_text ?? status.spoiler_text,
    contentType:
      form.content_type ?? (status.content_type === 'text/markdown' ? 'text/markdown' : 'text/plain'),
  })
  return {
    ...written,
    sensitive: (form.sensitive ?? status.sensitive === 1) || written.spoilerText !== '',
    language: form.language || status.language,
    media: null,
    poll: form.poll ? readPoll(form.poll, app.now()) : null,
  }
}

const handleOf = (span: Span) =>
  span.kind === 'mention' ? [span.domain ? `${span.username}@${span.domain}` : span.username] : []

type Typed = { text: string; spoilerText: string; contentType: 'text/plain' | 'text/markdown' }

async function write(app: App, viewer: Viewer, typed: Typed) {
  const spoilerText = clean(typed.spoilerText)
  const text = clean(typed.text)
  if (isBlank(text) && isBlank(spoilerText)) throw invalid("Validation failed: Text can't be blank")
  const source = isBlank(text) ? '.' : text
  if (statusLength(source, spoilerText) > MOST_CHARACTERS) {
    throw invalid(`Validation failed: Text character limit of ${MOST_CHARACTERS} exceeded`)
  }
  const domain = app.domains.byId(viewer.account.domain_id as number)
  if (!domain) throw notFound()
  const spans = parseText(source, { markdown: typed.contentType === 'text/markdown' })
  const people = await mentionedIn(app, viewer.account, spans.flatMap(handleOf))
  const tags = new Map(
    spans.flatMap((span) => (span.kind === 'hashtag' ? [[span.name, span.displayName]] : [])),
  )
  const links = new Map(
    [...people].map(([acct, account]) => [
      acct,
      {
        url: account.url ?? account.uri,
        username: account.username,
        acct: account.domain_id === domain.id ? account.username : `${account.username}@${account.host}`,
      },
    ]),
  )
  const tagUrl = (name: string) => `${domain.origin}/tags/${encodeURIComponent(name)}`
  return {
    source,
    spoilerText,
    contentType: typed.contentType,
    content: formatText(source, { contentType: typed.contentType, mentions: links, tagUrl }),
    mentions: [...new Set([...people.values()].map((account) => account.id))],
    tags: [...tags].map(([name, displayName]) => ({
      name: name as string,
      displayName: displayName as string,
    })),
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to drop
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

/** Characters that no database or document carries are dropped; line ends are made one kind. */
function clean(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROL, '')
}

/** The accounts that handles in a text mean, by lower-case handle as written; unknown remote ones are looked up. */
async function mentionedIn(app: App, author: AccountRow, accts: string[]): Promise<Map<string, AccountRow>> {
  const found = new Map<string, AccountRow>()
  const domain = app.domains.byId(author.domain_id as number)
  if (!domain) return found
  let lookups = 0
  const unique = [...new Set(accts.map((acct) => acct.toLowerCase()))].slice(0, MOST_MENTIONS)
  for (const acct of unique) {
    let account = (await letIn(app, await accountByAcct(app, domain, acct))) ?? null
    const host = acct.split('@')[1]
    if (!account && host && !app.domains.isOurs(host) && lookups++ < MOST_LOOKUPS) {
      account = await app.fediverse.findAccount(acct)
    }
    if (account && account.suspended_at === null) found.set(acct, account)
  }
  const blocked = await blockedAmong(app, author, [...found.values()])
  for (const [acct, account] of found) if (blocked.has(account.id)) found.delete(acct)
  return found
}

async function blockedAmong(app: App, author: AccountRow, accounts: AccountRow[]): Promise<Set<number>> {
  if (accounts.length === 0) return new Set()
  const ids = accounts.map((account) => account.id)
  const rows = await app.db
    .selectFrom('block')
    .select('target_id')
    .where('account_id', '=', author.id)
    .where(app.dialect.among(sql`target_id`, ids))
    .execute()
  return new Set(rows.map((row) => row.target_id))
}
