import { sql } from 'kysely'
import type { App } from '#app.ts'
import type { TagFollowRow } from '#hashtags/follow-tag.ts'
import { prepared, preparedInsert } from '#platform/database/prepared.ts'

/** Who may read a status, as stored. `limited` (addressed without mentions) is shown as private. */
export const visibilities = ['public', 'unlisted', 'private', 'direct', 'limited'] as const
export type Visibility = (typeof visibilities)[number]

/** What a status may have besides its words: bits of its `parts`. */
export const partBits = { mentions: 1, tags: 2, media: 4 } as const

/** A status, or a reblog of one (`reblog_of_id`). */
export type StatusRow = {
  id: number
  uri: string
  url: string | null
  account_id: number
  /** The hosted domain it was written on; null when it came from elsewhere. */
  domain_id: number | null
  visibility: Visibility
  /** HTML, ready to show. */
  content: string
  /** What the member typed; null when it came from elsewhere. */
  source: string | null
  content_type: string
  spoiler_text: string
  sensitive: number
  language: string | null
  in_reply_to_id: number | null
  in_reply_to_account_id: number | null
  /** Set while the parent is not known here. */
  in_reply_to_uri: string | null
  conversation_id: number | null
  reblog_of_id: number | null
  application_id: number | null
  poll_id: number | null
  quote_id: number | null
  card_id: number | null
  /** Shown on this server only; never sent. */
  local_only: number
  /** Who may quote it, as JSON; null when nothing was said. */
  quote_policy: string | null
  /** Who may answer, boost and like it, as JSON; null when everybody may. */
  interaction_policy: string | null
  quotes_count: number
  /** How many of its favourites have a face. */
  reactions_count: number
  replies_count: number
  reblogs_count: number
  favourites_count: number
  created_at: number
  edited_at: number | null
  /** Which of `partBits` it was published with; null where that is not known, as after an edit. */
  parts: number | null
}

export type MentionRow = { status_id: number; account_id: number; silent: number }
export type StatusEditRow = {
  id: number
  status_id: number
  content: string
  source: string | null
  spoiler_text: string
  sensitive: number
  /** JSON of `ShownMedia[]`, in order. */
  media: string | null
  /** JSON of the titles of a poll; null where there was none. */
  poll: string | null
  created_at: number
}
export type ConversationRow = { id: number; uri: string | null; created_at: number }
export type FavouriteRow = {
  id: number
  account_id: number
  status_id: number
  uri: string
  created_at: number
  /** The emoji it was given with: itself, or the shortcode of a custom one; null for a plain favourite. */
  reaction: string | null
  emoji_id: number | null
}
export type BookmarkRow = { id: number; account_id: number; status_id: number; created_at: number }

/** A status that was deleted, keyed by who deleted it, so that a late copy stays away (ACT-06, ACT-07). */
export type TombstoneRow = { uri: string; actor_uri: string; local: number; created_at: number }

/** The answer of a posting that carried an Idempotency-Key, for an hour. */
export type IdempotencyRow = {
  account_id: number
  key: string
  /** 0 where the answer was a scheduled status. */
  status_id: number
  scheduled_id: number | null
  created_at: number
}

export type TagRow = { id: number; name: string; display_name: string; created_at: number }
export type StatusTagRow = { tag_id: number; status_id: number }

/** A picture, video or sound of a status. */
export type MediaRow = {
  id: number
  account_id: number
  status_id: number | null
  position: number
  kind: string
  mime: string
  remote_url: string | null
  file_key: string | null
  preview_key: string | null
  blurhash: string | null
  description: string | null
  /** JSON of width, height, duration, focus. */
  meta: string
  created_at: number
  /** `ready`, `processing` or `failed`: what is not ready is not attached to anything. */
  state: string
  /** Why it failed. */
  fault: string | null
  /** The file as it was sent, until it is processed. */
  source_key: string | null
  /** Where the preview of an attachment from elsewhere lies. */
  preview_url: string | null
  /** The status that an edit took it off, whose earlier versions still show it. */
  left_status_id: number | null
  /** The scheduled status that waits with it. */
  scheduled_id: number | null
  /** Since when it belongs to no status; null while it does. */
  unattached_at: number | null
}

export type StatusTables = {
  status: StatusRow
  mention: MentionRow
  status_edit: StatusEditRow
  conversation: ConversationRow
  favourite: FavouriteRow
  bookmark: BookmarkRow
  tombstone: TombstoneRow
  idempotency: IdempotencyRow
}
export type HashtagTables = { tag: TagRow; status_tag: StatusTagRow; tag_follow: TagFollowRow }
export type MediaTables = { media: MediaRow }

const byIds = prepared<{ ids: readonly number[] }, StatusRow>((db, { ids }, dialect) =>
  db.selectFrom('status').selectAll().where(dialect.among(sql`id`, ids)),
)
const byId = prepared<{ id: number }, StatusRow>((db, { id }) =>
  db.selectFrom('status').selectAll().where('id', '=', id),
)
const byUri = prepared<{ uri: string }, StatusRow>((db, { uri }) =>
  db.selectFrom('status').selectAll().where('uri', '=', uri),
)

const tombstone = prepared<{ uri: string; actorUri: string }, { uri: string }>((db, { uri, actorUri }) =>
  db.selectFrom('tombstone').select('uri').where('uri', '=', uri).where('actor_uri', '=', actorUri),
)

/** Stores a status row as it is, in the caller's transaction. */
export const insertStatus = preparedInsert<StatusRow>('status')

/** The status with this id, or undefined; says nothing about who may see it. */
export async function statusById(app: App, id: number): Promise<StatusRow | undefined> {
  return (await byId(app, { id }))[0]
}

/** The statuses with these ids, by id; unknown ones are left out. */
export async function statusesByIds(app: App, ids: readonly number[]): Promise<Map<number, StatusRow>> {
  if (ids.length === 0) return new Map()
  const rows = await byIds(app, { ids })
  return new Map(rows.map((row) => [row.id, row]))
}

/** The status whose ActivityPub id this is, or undefined. */
export async function statusByUri(app: App, uri: string): Promise<StatusRow | undefined> {
  return (await byUri(app, { uri }))[0]
}

/** Whether this actor deleted a status of that id before we saw it, or after. */
export async function isTombstoned(app: App, uri: string, actorUri: string): Promise<boolean> {
  return (await tombstone(app, { uri, actorUri })).length > 0
}
