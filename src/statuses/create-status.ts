import { sql } from 'kysely'
import type { App } from '#app.ts'
import { statusCreated } from '#happenings.ts'
import { setStatusTags } from '#hashtags/hashtags.ts'
import { attachMedia } from '#media/attach-media.ts'
import { insertMedia } from '#media/media.ts'
import { isDuplicate } from '#platform/database/dialect.ts'
import { prepared } from '#platform/database/prepared.ts'
import { hasLink } from '#platform/html.ts'
import { idForPast } from '#platform/ids.ts'
import type { Draft } from './draft.ts'
import { answerKey, takeKey } from './idempotency.ts'
import { insertPoll } from './keep-poll.ts'
import { keepQuote } from './keep-quote.ts'
import type { StatusRow } from './statuses.ts'
import { insertStatus, isTombstoned, partBits, statusById, statusByUri } from './statuses.ts'

const OLDEST = Date.UTC(2010, 0, 2)

/**
 * Publishes a draft, from here or from elsewhere: row, mentions, tags, media, counters and the happening in
 * one transaction. The same foreign uri, or the same Idempotency-Key within an hour, gives the first status
 * again; a deleted foreign one gives null.
 */
export async function createStatus(app: App, draft: Draft): Promise<StatusRow | null> {
  try {
    return await app.inTransaction((tx) => insert(tx, draft))
  } catch (error) {
    // Two copies raced on PostgreSQL: the winner's row is the answer.
    const winner = isDuplicate(error) && draft.foreign ? await statusByUri(app, draft.foreign.uri) : undefined
    if (winner) return winner
    throw error
  }
}

async function insert(tx: App, draft: Draft): Promise<StatusRow | null> {
  const before = draft.foreign ? await knownForeign(tx, draft) : await claimKey(tx, draft)
  if (before !== undefined) return before
  const row = await statusRow(tx, draft)
  await insertStatus(tx, row)
  await insertMentions(tx, row.id, draft.mentions)
  const addressed = (draft.addressed ?? []).filter((id) => !draft.mentions.includes(id))
  await insertMentions(tx, row.id, addressed, 'silent')
  if (draft.tags.length > 0) await setStatusTags(tx, row.id, draft.tags, true)
  if (draft.media.length > 0) await insertMedia(tx, row, draft.media)
  if (draft.mediaIds.length > 0) await attachMedia(tx, row, draft.mediaIds)
  if (draft.poll) await insertPoll(tx, row, draft.poll)
  await count(tx, row, draft.quiet ?? false)
  if (draft.foreign) await adoptReplies(tx, row)
  if (draft.idempotencyKey) await answerKey(tx, draft.account.id, draft.idempotencyKey, { statusId: row.id })
  await tx.emit(statusCreated, {
    statusId: row.id,
    origin: draft.foreign ? 'elsewhere' : 'here',
    authorId: row.visibility === 'direct' || row.visibility === 'limited' ? null : row.account_id,
    mentions: draft.mentions.length > 0,
    mayLink: hasLink(row.content),
    isDirect: row.visibility === 'direct',
    isOrphan: row.in_reply_to_uri !== null && !draft.isLed,
    ...(draft.quiet ? quietly : {}),
  })
  if (draft.quote && row.quote_id !== null) await keepQuote(tx, row, row.quote_id, draft)
  return row
}

/** What history leads to: it is found and read, but interrupts nobody and asks nobody. */
const quietly = { authorId: null, mentions: false, mayLink: false, quiet: true }

async function knownForeign(tx: App, draft: Draft): Promise<StatusRow | null | undefined> {
  const uri = draft.foreign?.uri as string
  const known = await statusByUri(tx, uri)
  if (known) return known.account_id === draft.account.id ? known : null
  return (await isTombstoned(tx, uri, draft.account.uri)) ? null : undefined
}

async function claimKey(tx: App, draft: Draft): Promise<StatusRow | undefined> {
  if (!draft.idempotencyKey) return undefined
  const first = await takeKey(tx, draft.account.id, draft.idempotencyKey)
  return first?.statusId ? statusById(tx, first.statusId) : undefined
}

async function statusRow(tx: App, draft: Draft): Promise<StatusRow> {
  const { account, foreign, parent } = draft
  const createdAt = foreign ? believable(foreign.publishedAt, tx.now()) : tx.now()
  const id = foreign ? await freeIdFor(tx, createdAt, foreign.uri) : tx.newId()
  const home = account.domain_id === null ? undefined : tx.domains.byId(account.domain_id)
  return {
    id,
    uri: foreign?.uri ?? `${account.uri}/statuses/${id}`,
    url: foreign ? foreign.url : `${home?.origin}/@${account.username}/${id}`,
    account_id: account.id,
    domain_id: account.domain_id,
    visibility: draft.visibility,
    content: draft.content,
    source: draft.source,
    content_type: draft.contentType,
    spoiler_text: draft.spoilerText,
    sensitive: draft.sensitive || draft.account.sensitized_at !== null ? 1 : 0,
    language: draft.language,
    in_reply_to_id: parent?.id ?? null,
    in_reply_to_account_id: parent ? answeredAccount(parent, account.id) : null,
    in_reply_to_uri: parent ? null : draft.parentUri,
    conversation_id: await conversationFor(tx, draft),
    reblog_of_id: null,
    application_id: draft.applicationId,
    poll_id: draft.poll ? tx.newId() : null,
    quote_id: draft.quote ? tx.newId() : null,
    card_id: null,
    local_only: draft.localOnly ? 1 : 0,
    quote_policy: draft.quotePolicy,
    interaction_policy: draft.interactionPolicy ?? null,
    quotes_count: 0,
    reactions_count: 0,
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
    created_at: createdAt,
    edited_at: foreign?.editedAt ?? null,
    parts: partsIn(draft),
  }
}

function partsIn({ mentions, tags, media, mediaIds }: Draft): number {
  return (
    (mentions.length > 0 ? partBits.mentions : 0) |
    (tags.length > 0 ? partBits.tags : 0) |
    (media.length + mediaIds.length > 0 ? partBits.media : 0)
  )
}

/** A reply to oneself keeps the account that the thread answered. */
function answeredAccount(parent: StatusRow, authorId: number): number {
  if (parent.account_id === authorId && parent.in_reply_to_account_id !== null)
    return parent.in_reply_to_account_id
  return parent.account_id
}

/** Publication times from elsewhere: those ahead of our clock count as now, before our epoch as its first day (ORG-30). */
export function believable(publishedAt: number, now: number): number {
  if (!Number.isFinite(publishedAt)) return now
  return Math.max(OLDEST, Math.min(publishedAt, now))
}

async function freeIdFor(tx: App, createdAt: number, uri: string): Promise<number> {
  let seed = 7
  for (let at = 0; at < uri.length; at++) seed = (seed * 31 + uri.charCodeAt(at)) % 1_000_003
  for (let step = 0; step < 64; step++) {
    const id = idForPast(createdAt, seed + step * 61)
    if (!(await statusById(tx, id))) return id
  }
  return tx.newId()
}

async function conversationFor(tx: App, draft: Draft): Promise<number> {
  if (draft.parent?.conversation_id) return draft.parent.conversation_id
  if (draft.conversationUri) {
    const [known] = await conversationByUri(tx, { uri: draft.conversationUri })
    if (known) return known.id
  }
  const id = tx.newId()
  await addConversation(tx, { id, uri: draft.conversationUri, at: tx.now() })
  return id
}

const conversationByUri = prepared<{ uri: string }, { id: number }>((db, { uri }) =>
  db.selectFrom('conversation').select('id').where('uri', '=', uri),
)
const addConversation = prepared<{ id: number; uri: string | null; at: number }, never>(
  (
    _db,
    { id, uri, at },
  ) => sql<never>`insert into conversation (id, uri, created_at) values (${id}, ${uri}, ${at})
    on conflict do nothing`,
)
const addMentions = prepared<{ statusId: number; ids: readonly number[]; silent: number }, never>(
  (_db, { statusId, ids, silent }, dialect) => sql<never>`insert into mention (status_id, account_id, silent)
    select ${statusId}, item.value, ${silent} from ${dialect.rowsOf(ids)} where true
    on conflict (status_id, account_id) do update set silent = excluded.silent`,
)

/** Writes who is mentioned, or may read it all the same, in the caller's transaction. */
export async function insertMentions(
  tx: App,
  statusId: number,
  accountIds: readonly number[],
  how: 'told' | 'silent' = 'told',
): Promise<void> {
  const unique = [...new Set(accountIds)]
  if (unique.length === 0) return
  await addMentions(tx, { statusId, ids: unique, silent: how === 'silent' ? 1 : 0 })
}

// Its own server has counted what is history here, and what came late does not make its author less lively.
const countForAuthor = prepared<{ id: number; at: number; more: number }, never>(
  (_db, { id, at, more }) => sql<never>`update account set statuses_count = statuses_count + ${more},
    last_status_at = case when last_status_at > ${at} then last_status_at else ${at} end where id = ${id}`,
)
const countForParent = prepared<{ id: number }, never>((db, { id }) =>
  db
    .updateTable('status')
    .set((row) => ({ replies_count: row('replies_count', '+', 1) }))
    .where('id', '=', id),
)

async function count(tx: App, row: StatusRow, isQuiet: boolean) {
  await countForAuthor(tx, { id: row.account_id, at: row.created_at, more: isQuiet ? 0 : 1 })
  // Non-public answers are not counted: the number would tell strangers that they exist (PRIV-17).
  const open = row.visibility === 'public' || row.visibility === 'unlisted'
  if (row.in_reply_to_id !== null && open) await countForParent(tx, { id: row.in_reply_to_id })
}

const earlyReplies = prepared<{ uri: string }, Pick<StatusRow, 'id' | 'visibility'>>((db, { uri }) =>
  db.selectFrom('status').select(['id', 'visibility']).where('in_reply_to_uri', '=', uri).limit(500),
)

/** Answers that came before their parent find it now. */
async function adoptReplies(tx: App, parent: StatusRow) {
  const early = await earlyReplies(tx, { uri: parent.uri })
  if (early.length === 0) return
  await tx.db
    .updateTable('status')
    .set({
      in_reply_to_id: parent.id,
      in_reply_to_account_id: parent.account_id,
      in_reply_to_uri: null,
      conversation_id: parent.conversation_id,
    })
    .where(
      'id',
      'in',
      early.map((reply) => reply.id),
    )
    .execute()
  const open = early.filter(
    (reply) => reply.visibility === 'public' || reply.visibility === 'unlisted',
  ).length
  await tx.db
    .updateTable('status')
    .set((row) => ({ replies_count: row('replies_count', '+', open) }))
    .where('id', '=', parent.id)
    .execute()
}
