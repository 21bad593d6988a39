import { sql } from 'kysely'
import type { App, HostedDomain } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** An account, here or elsewhere. `domain_id` is null for accounts of other servers. */
export type AccountRow = {
  id: number
  domain_id: number | null
  username: string
  username_lower: string
  /** The handle's domain, lower-case ASCII, with port if any: our handle domain for local accounts. */
  host: string
  actor_type: string
  uri: string
  url: string | null
  inbox_url: string
  shared_inbox_url: string | null
  outbox_url: string | null
  followers_url: string | null
  following_url: string | null
  featured_url: string | null
  /** Where an account of another server lists the hashtags it shows. */
  featured_tags_url: string | null
  display_name: string
  /** HTML, sanitised. */
  note: string
  /** What the member typed; null for accounts of other servers. */
  note_source: string | null
  /** JSON array of {name, value (HTML), source?, verified_at?}. */
  fields: string
  avatar_url: string | null
  header_url: string | null
  avatar_description: string
  header_description: string
  locked: number
  bot: number
  discoverable: number
  indexable: number
  hide_collections: number
  memorial: number
  /** Whether the profile has a tab of media, with or without those of answers, and one of what is featured. */
  show_media: number
  show_media_replies: number
  show_featured: number
  /** JSON array of hosts whose pages may name this account as their author. */
  attribution_domains: string
  moved_to_id: number | null
  moved_at: number | null
  also_known_as: string
  silenced_at: number | null
  suspended_at: number | null
  statuses_count: number
  followers_count: number
  following_count: number
  last_status_at: number | null
  created_at: number
  updated_at: number
  /** When the remote document was last read; null for local accounts. */
  fetched_at: number | null
  /** When the earlier posts of a remote account were asked for; null for local accounts. */
  backfilled_at: number | null
  /** Whether its own server suspended it, not ours. */
  suspended_there: number
  /** When the staff decided that its pictures are shown as sensitive. */
  sensitized_at: number | null
  /** When it ended for good: the row stays, so that nobody else gets its name. */
  deleted_at: number | null
}

/** Public keys of every actor we know; private halves of our own only. */
export type AccountKeyRow = {
  id: number
  account_id: number
  key_id: string
  /** `rsa` or `ed25519`. */
  kind: string
  public_pem: string
  private_pem: string | null
  created_at: number
  expires_at: number | null
  /** When it was fetched anew because a signature did not fit, and nothing came of it. */
  asked_at: number | null
}

/** A custom emoji of a host ('' for our own). */
export type EmojiRow = {
  id: number
  host: string
  shortcode: string
  uri: string | null
  url: string
  static_url: string
  category: string | null
  updated_at: number
}

/** A hashtag shown on a profile, with how much of the account's public writing carries it. */
export type FeaturedTagRow = {
  id: number
  account_id: number
  tag_id: number
  /** As the member spelled it. */
  name: string
  statuses_count: number
  last_status_at: number | null
  created_at: number
}

export type AccountTables = {
  account: AccountRow
  account_key: AccountKeyRow
  emoji: EmojiRow
  featured_tag: FeaturedTagRow
}

const byIds = prepared<{ ids: readonly number[] }, AccountRow>((db, { ids }, dialect) =>
  db.selectFrom('account').selectAll().where(dialect.among(sql`id`, ids)),
)
/** What of an account tells whether its remembered shape still holds; a fifth of the row. */
export type AccountCore = Pick<
  AccountRow,
  | 'id'
  | 'domain_id'
  | 'host'
  | 'username'
  | 'updated_at'
  | 'statuses_count'
  | 'followers_count'
  | 'following_count'
  | 'last_status_at'
  | 'suspended_at'
  | 'silenced_at'
  | 'moved_to_id'
>
const coresByIds = prepared<{ ids: readonly number[] }, AccountCore>((db, { ids }, dialect) =>
  db
    .selectFrom('account')
    .select(['id', 'domain_id', 'host', 'username', 'updated_at', 'statuses_count', 'followers_count'])
    .select(['following_count', 'last_status_at', 'suspended_at', 'silenced_at', 'moved_to_id'])
    .where(dialect.among(sql`id`, ids)),
)
const byId = prepared<{ id: number }, AccountRow>((db, { id }) =>
  db.selectFrom('account').selectAll().where('id', '=', id),
)
const byUri = prepared<{ uri: string }, AccountRow>((db, { uri }) =>
  db.selectFrom('account').selectAll().where('uri', '=', uri),
)
const byHandle = prepared<{ username: string; host: string }, AccountRow>((db, { username, host }) =>
  db.selectFrom('account').selectAll().where('username_lower', '=', username).where('host', '=', host),
)

/** The account with this id, or undefined. */
export async function accountById(app: App, id: number): Promise<AccountRow | undefined> {
  return (await byId(app, { id }))[0]
}

/** The accounts with these ids, by id; unknown ones are left out. */
export async function accountsByIds(app: App, ids: readonly number[]): Promise<Map<number, AccountRow>> {
  if (ids.length === 0) return new Map()
  const rows = await byIds(app, { ids: [...new Set(ids)] })
  return new Map(rows.map((row) => [row.id, row]))
}

/** The cores of the accounts with these ids, by id; unknown ones are left out. */
export async function accountCores(app: App, ids: readonly number[]): Promise<Map<number, AccountCore>> {
  if (ids.length === 0) return new Map()
  const rows = await coresByIds(app, { ids: [...new Set(ids)] })
  return new Map(rows.map((row) => [row.id, row]))
}

/** The account whose ActivityPub id this is, or undefined. */
export async function accountByUri(app: App, uri: string): Promise<AccountRow | undefined> {
  return (await byUri(app, { uri }))[0]
}

/** The account of that name on a host (the handle's domain), in any case; or undefined. */
export async function accountByHandle(
  app: App,
  username: string,
  host: string,
): Promise<AccountRow | undefined> {
  return (await byHandle(app, { username: username.toLowerCase(), host: host.toLowerCase() }))[0]
}

/** The account a handle means for people of `domain`: `name`, `@name`, `name@host`; known ones only. */
export async function accountByAcct(
  app: App,
  domain: HostedDomain,
  acct: string,
): Promise<AccountRow | undefined> {
  const [username = '', host] = acct.replace(/^@/, '').split('@')
  const hosted = host ? app.domains.byHost(host) : domain
  return accountByHandle(app, username, hosted ? hosted.name : (host ?? ''))
}

/** Whether the account is one of ours. */
export function isLocal(account: Pick<AccountRow, 'domain_id'>): boolean {
  return account.domain_id !== null
}

/** The handle as people of `domain` write it: the name alone at home, `name@host` elsewhere. */
export function acctOf(
  account: Pick<AccountRow, 'username' | 'host' | 'domain_id'>,
  domain: HostedDomain,
): string {
  return account.domain_id === domain.id ? account.username : `${account.username}@${account.host}`
}
