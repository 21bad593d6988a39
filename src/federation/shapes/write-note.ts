import { sql } from 'kysely'
import type { AccountRow, EmojiRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { mediaOf, readMeta } from '#media/media.ts'
import { fileUrl } from '#media/present-media.ts'
import { prepared } from '#platform/database/prepared.ts'
import { isoTime } from '#platform/times.ts'
import type { MentionedRow, TaggedRow } from '#statuses/status-parts.ts'
import { mentionsOf, tagsOf } from '#statuses/status-parts.ts'
import type { MediaRow, StatusRow } from '#statuses/statuses.ts'
import type { Document } from './context-out.ts'
import { PUBLIC } from './context-out.ts'
import { writeInteractions } from './interactions.ts'
import { emojiTags, ownEmojisIn } from './write-emojis.ts'
import { writeHashtag } from './write-hashtag.ts'
import { writeQuestions } from './write-question.ts'
import type { WrittenQuote } from './write-quote.ts'
import { writePolicy, writeQuotes } from './write-quote.ts'

type Named = { id: number; uri: string | null }

const urisOf = prepared<{ ids: readonly number[] }, Named>((db, { ids }, dialect) =>
  db.selectFrom('status').select(['id', 'uri']).where(dialect.among(sql`id`, ids)),
)
const conversationsOf = prepared<{ ids: readonly number[] }, Named>((db, { ids }, dialect) =>
  db.selectFrom('conversation').select(['id', 'uri']).where(dialect.among(sql`id`, ids)),
)

type Parts = {
  author: AccountRow
  domain: HostedDomain
  mentions: MentionedRow[]
  tags: TaggedRow[]
  media: MediaRow[]
  emojis: Map<string, EmojiRow>
  parentUri: string | null
  conversationUri: string | null
  quote: WrittenQuote | undefined
}

/**
 * The Notes of statuses of ours, by id, with one query a kind for all of them; boosts and statuses from elsewhere
 * are left out. Says nothing about who may see them.
 */
export async function writeNotes(app: App, given: readonly StatusRow[]): Promise<Map<number, Document>> {
  const rows = given.filter((row) => row.reblog_of_id === null && row.domain_id !== null)
  if (rows.length === 0) return new Map()
  const ids = rows.map((row) => row.id)
  const authors = await accountsByIds(
    app,
    rows.map((row) => row.account_id),
  )
  const mentions = await mentionsOf(app, ids)
  const tags = await tagsOf(app, ids)
  const media = await mediaOf(app, ids)
  const emojis = await ownEmojisIn(app, rows.map(textOf))
  const parents = await named(
    app,
    urisOf,
    rows.map((row) => row.in_reply_to_id),
  )
  const conversations = await named(
    app,
    conversationsOf,
    rows.map((row) => row.conversation_id),
  )
  const questions = await writeQuestions(app, rows)
  const quotes = await writeQuotes(app, rows)
  const notes = new Map<number, Document>()
  for (const row of rows) {
    const author = authors.get(row.account_id)
    const domain = app.domains.byId(row.domain_id as number)
    if (!author || !domain) continue
    const own = <T extends { status_id: number | null }>(all: T[]) =>
      all.filter((each) => each.status_id === row.id)
    const parts: Parts = {
      author,
      domain,
      mentions: own(mentions),
      tags: own(tags),
      media: own(media),
      emojis,
      parentUri:
        (row.in_reply_to_id === null ? null : parents.get(row.in_reply_to_id)) ?? row.in_reply_to_uri,
      conversationUri: conversations.get(row.conversation_id ?? 0) ?? null,
      quote: quotes.get(row.id),
    }
    notes.set(row.id, { ...write(row, parts), ...questions.get(row.id) })
  }
  return notes
}

/** The Note of one status of ours, or undefined for a boost or a stranger's. */
export async function writeNote(app: App, row: StatusRow): Promise<Document | undefined> {
  return (await writeNotes(app, [row])).get(row.id)
}

async function named(
  app: App,
  query: typeof urisOf,
  ids: (number | null)[],
): Promise<Map<number, string | null>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  if (wanted.length === 0) return new Map()
  return new Map((await query(app, { ids: wanted })).map((row) => [row.id, row.uri]))
}

const textOf = (row: StatusRow) => `${row.content} ${row.spoiler_text}`

/**
 * Who a status is addressed to. Those no longer mentioned after an edit stay addressed; there is no bto or bcc
 * anywhere in what we write (ACT-32).
 */
export function addressing(
  row: Pick<StatusRow, 'visibility'>,
  author: Pick<AccountRow, 'followers_url' | 'uri'>,
  named: readonly string[],
): { to: string[]; cc: string[] } {
  const followers = author.followers_url ?? `${author.uri}/followers`
  switch (row.visibility) {
    case 'public':
      return { to: [PUBLIC], cc: [followers, ...named] }
    case 'unlisted':
      return { to: [followers], cc: [PUBLIC, ...named] }
    case 'private':
      return { to: [followers], cc: [...named] }
    default:
      return { to: [...named], cc: [] }
  }
}

function write(row: StatusRow, parts: Parts): Document {
  const { author, domain, parentUri, quote } = parts
  const content = quote ? quote.line(row.content) : row.content
  // Ours has no uri of its own while it began here: its collection is its name (FEP-7888).
  const conversation = parts.conversationUri ?? `${domain.origin}/contexts/${row.conversation_id}`
  const closed = row.visibility !== 'public' && row.visibility !== 'unlisted'
  const named = parts.mentions.map((mention) => mention.uri)
  const addressed = addressing(row, author, named)
  return {
    id: row.uri,
    type: 'Note',
    summary: row.spoiler_text || null,
    inReplyTo: parentUri,
    published: isoTime(row.created_at),
    ...(row.edited_at === null ? {} : { updated: isoTime(row.edited_at) }),
    url: row.url,
    attributedTo: author.uri,
    ...addressed,
    sensitive: row.sensitive === 1,
    atomUri: row.uri,
    inReplyToAtomUri: parentUri,
    ...(row.conversation_id === null ? {} : { conversation }),
    // Some name conversations by what is no address.
    ...(row.conversation_id !== null && /^https?:/.test(conversation) ? { context: conversation } : {}),
    content,
    ...(row.language ? { contentMap: { [row.language]: content } } : {}),
    ...quote?.words,
    ...writePolicy(row, author, writeInteractions(row, author, named)),
    ...(row.source === null ? {} : { source: { content: row.source, mediaType: sourceType(row) } }),
    ...(closed ? { directMessage: row.visibility === 'direct' } : {}),
    attachment: parts.media.map((each) => writeAttachment(each, domain)),
    tag: [
      ...mentionTags(parts.mentions),
      ...hashtags(parts.tags, domain),
      ...emojisOf(row, parts),
      ...(quote ? [quote.tag] : []),
    ],
    replies: `${row.uri}/replies`,
    likes: `${row.uri}/likes`,
    shares: `${row.uri}/shares`,
  }
}

const sourceType = (row: StatusRow) => (row.content_type === 'text/markdown' ? 'text/markdown' : 'text/plain')

function mentionTags(mentions: MentionedRow[]): Document[] {
  return mentions
    .filter((mention) => !mention.silent)
    .map(({ uri, username, host }) => ({ type: 'Mention', href: uri, name: `@${username}@${host}` }))
}

function hashtags(tags: TaggedRow[], domain: HostedDomain): Document[] {
  return tags.map(({ name }) => writeHashtag(domain.origin, name))
}

const emojisOf = (row: StatusRow, { domain, emojis }: Parts) => emojiTags(domain.origin, textOf(row), emojis)

function writeAttachment(row: MediaRow, domain: HostedDomain): Document {
  const { width, height, duration, focus, preview } = readMeta(row)
  return {
    // Not Image or Video: this is the type every reader looks for (surface x, 9).
    type: 'Document',
    mediaType: row.mime,
    url: row.file_key === null ? row.remote_url : fileUrl(domain, row.file_key, row.mime),
    name: row.description,
    ...(row.blurhash ? { blurhash: row.blurhash } : {}),
    ...(focus ? { focalPoint: [focus.x, focus.y] } : {}),
    ...(width && height ? { width, height } : {}),
    ...(duration ? { duration: `PT${duration}S` } : {}),
    ...(row.kind !== 'image' && row.preview_key !== null
      ? {
          icon: {
            type: 'Image',
            mediaType: preview?.mime ?? 'image/jpeg',
            url: fileUrl(domain, row.preview_key, preview?.mime),
          },
        }
      : {}),
  }
}
