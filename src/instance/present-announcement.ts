import { z } from 'zod'
import { CustomEmoji, emojisIn } from '#accounts/emojis.ts'
import type { App, Reader } from '#app.ts'
import { formatText } from '#platform/text/format-text.ts'
import { parseText } from '#platform/text/parse-text.ts'
import { isoTime, isoTimeOrNull } from '#platform/times.ts'
import type { AnnouncementReactionRow, AnnouncementRow } from './announcements.ts'

const Reaction = z.object({
  name: z.string(),
  count: z.number().int(),
  me: z.boolean().optional(),
  url: z.string().optional(),
  static_url: z.string().optional(),
})
export type Reaction = z.infer<typeof Reaction>

/** https://docs.joinmastodon.org/entities/Announcement/ */
export const Announcement = z.object({
  id: z.string(),
  content: z.string(),
  starts_at: z.string().nullable(),
  ends_at: z.string().nullable(),
  all_day: z.boolean(),
  published_at: z.string().nullable(),
  updated_at: z.string(),
  read: z.boolean().optional(),
  mentions: z.array(z.object({ id: z.string(), username: z.string(), url: z.string(), acct: z.string() })),
  statuses: z.array(z.object({ id: z.string(), url: z.string() })),
  tags: z.array(z.object({ name: z.string(), url: z.string() })),
  emojis: z.array(CustomEmoji),
  reactions: z.array(Reaction),
})
export type Announcement = z.infer<typeof Announcement>

/** Announcements as a member sees them, in order: one query a kind. Nobody's own keys are left out without an account. */
export async function presentAnnouncements(
  app: App,
  reader: Reader,
  rows: readonly AnnouncementRow[],
): Promise<Announcement[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const reactions = await app.db
    .selectFrom('announcement_reaction')
    .selectAll()
    .where('announcement_id', 'in', ids)
    .orderBy('id')
    .execute()
  const read = await readBy(app, reader, ids)
  const known = await namedIn(app, reader, rows)
  const emojis = await emojisOf(app, reader, rows, reactions)
  return rows.map((row) => {
    const own = reactions.filter((each) => each.announcement_id === row.id)
    const pictures = emojis.get(row.id) ?? []
    return {
      ...shape(reader, row, known, pictures),
      reactions: presentReactions(reader, own, pictures),
      ...(read ? { read: read.has(row.id) } : {}),
    }
  })
}

/** The custom emojis in each of these texts and in the reactions to them, in one query. */
async function emojisOf(
  app: App,
  { domain }: Reader,
  rows: readonly AnnouncementRow[],
  reactions: readonly AnnouncementReactionRow[],
): Promise<Map<number, CustomEmoji[]>> {
  const things = rows.map((row) => {
    const names = reactions.filter((each) => each.announcement_id === row.id).map(({ name }) => `:${name}:`)
    const text = [row.text, ...new Set(names)].join(' ')
    return { id: row.id, text, host: domain.name, domain_id: domain.id }
  })
  const found = await emojisIn(app, domain, things, ({ text }) => text)
  return new Map([...found].map(([thing, emojis]) => [thing.id, emojis]))
}

async function readBy(app: App, { account }: Reader, ids: number[]): Promise<Set<number> | null> {
  if (!account) return null
  const rows = await app.db
    .selectFrom('announcement_read')
    .select('announcement_id as id')
    .where('account_id', '=', account.id)
    .where('announcement_id', 'in', ids)
    .execute()
  return new Set(rows.map((row) => row.id))
}

type Known = {
  accounts: { id: number; username: string; url: string }[]
  statuses: { id: number; url: string }[]
}

/** Who of this server is mentioned, and which of its public statuses are linked to, in all of these. */
async function namedIn(app: App, { domain }: Reader, rows: readonly AnnouncementRow[]): Promise<Known> {
  const spans = rows.flatMap((row) => parseText(row.text))
  const names = spans.flatMap((span) =>
    span.kind === 'mention' && (span.domain === null || span.domain === domain.name)
      ? [span.username.toLowerCase()]
      : [],
  )
  const links = spans.flatMap((span) =>
    span.kind === 'url' && span.url.startsWith(`${domain.origin}/`) ? [span.url] : [],
  )
  const accounts =
    names.length === 0
      ? []
      : await app.db
          .selectFrom('account')
          .select(['id', 'username', 'url', 'uri'])
          .where('username_lower', 'in', names)
          .where('domain_id', '=', domain.id)
          .where('suspended_at', 'is', null)
          .execute()
  const statuses =
    links.length === 0
      ? []
      : await app.db
          .selectFrom('status')
          .select(['id', 'url'])
          .where('domain_id', '=', domain.id)
          .where('visibility', 'in', ['public', 'unlisted'])
          .where(
            'id',
            'in',
            links.flatMap((link) => Number(/\/(\d{1,16})$/.exec(link)?.[1] ?? 0)),
          )
          .execute()
  return {
    accounts: accounts.map(({ id, username, url, uri }) => ({ id, username, url: url ?? uri })),
    statuses: statuses.flatMap(({ id, url }) => (url ? [{ id, url }] : [])),
  }
}

function shape(
  { domain }: Reader,
  row: AnnouncementRow,
  known: Known,
  pictures: readonly CustomEmoji[],
): Omit<Announcement, 'reactions' | 'read'> {
  const spans = parseText(row.text)
  const tagUrl = (name: string) => `${domain.origin}/tags/${encodeURIComponent(name)}`
  const mentioned = known.accounts.filter(({ username }) =>
    spans.some((span) => span.kind === 'mention' && span.username.toLowerCase() === username.toLowerCase()),
  )
  const mentions = new Map(
    mentioned.flatMap(({ username, url }) => {
      const one = { url, username, acct: username }
      return [username.toLowerCase(), `${username.toLowerCase()}@${domain.name}`].map(
        (key) => [key, one] as const,
      )
    }),
  )
  return {
    id: String(row.id),
    content: formatText(row.text, { contentType: 'text/plain', mentions, tagUrl }),
    starts_at: isoTimeOrNull(row.starts_at),
    ends_at: isoTimeOrNull(row.ends_at),
    all_day: row.all_day === 1,
    published_at: isoTimeOrNull(row.published_at),
    updated_at: isoTime(row.updated_at),
    mentions: mentioned.map(({ id, username, url }) => ({ id: String(id), username, url, acct: username })),
    statuses: known.statuses
      .filter(({ url }) => row.text.includes(url))
      .map(({ id, url }) => ({ id: String(id), url })),
    tags: spans.flatMap((span) =>
      span.kind === 'hashtag' ? [{ name: span.name, url: tagUrl(span.name) }] : [],
    ),
    emojis: pictures.filter((emoji) => row.text.includes(`:${emoji.shortcode}:`)),
  }
}

/** Reactions counted by name, in the order in which they first came; custom ones with their pictures. */
function presentReactions(
  { account }: Reader,
  rows: readonly AnnouncementReactionRow[],
  pictures: readonly CustomEmoji[],
): Reaction[] {
  return [...Map.groupBy(rows, (row) => row.name)].map(([name, own]) => {
    const picture = pictures.find((emoji) => emoji.shortcode === name)
    return {
      name,
      count: own.length,
      ...(account ? { me: own.some((row) => row.account_id === account.id) } : {}),
      ...(picture ? { url: picture.url, static_url: picture.static_url } : {}),
    }
  })
}
