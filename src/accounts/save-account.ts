import type { App, HostedDomain } from '#app.ts'
import { accountUpdated } from '#happenings.ts'
import { policyOf } from '#instance/domain-policies.ts'
import { invalid } from '#platform/errors.ts'
import type { AccountRow } from './accounts.ts'
import { carryProofs } from './fields.ts'

export type KeyPairs = {
  rsa: { publicPem: string; privatePem: string }
  ed25519: { publicPem: string; privatePem: string }
}

export type NewLocalAccount = {
  username: string
  displayName?: string
  keys: KeyPairs
  actorType?: string
  locked?: boolean
  /** The server's own actor lives at /actor instead of an opaque path. */
  isServer?: boolean
}

/**
 * Creates an account of ours with its keys, in the caller's transaction. Its URIs are stored and never
 * computed again; people get opaque ones, so that a rename cannot break them.
 */
export async function createLocalAccount(
  tx: App,
  domain: HostedDomain,
  wanted: NewLocalAccount,
): Promise<AccountRow> {
  const id = tx.newId()
  const uri = wanted.isServer ? `${domain.origin}/actor` : `${domain.origin}/ap/users/${id}`
  const now = tx.now()
  const row: AccountRow = {
    ...blankAccount,
    id,
    domain_id: domain.id,
    username: wanted.username,
    username_lower: wanted.username.toLowerCase(),
    host: domain.name,
    actor_type: wanted.actorType ?? 'Person',
    uri,
    url: wanted.isServer ? `${domain.origin}/about` : `${domain.origin}/@${wanted.username}`,
    inbox_url: `${uri}/inbox`,
    shared_inbox_url: `${domain.origin}/inbox`,
    outbox_url: `${uri}/outbox`,
    followers_url: `${uri}/followers`,
    following_url: `${uri}/following`,
    featured_url: `${uri}/collections/featured`,
    display_name: wanted.displayName ?? '',
    note_source: '',
    locked: wanted.locked ? 1 : 0,
    created_at: now,
    updated_at: now,
  }
  await tx.db.insertInto('account').values(row).execute()
  await tx.db
    .insertInto('account_key')
    .values(keyRows(tx, row, wanted.keys))
    .execute()
  return row
}

function keyRows(tx: App, account: AccountRow, keys: KeyPairs) {
  const base = { account_id: account.id, created_at: tx.now(), expires_at: null }
  return [
    { ...base, id: tx.newId(), key_id: `${account.uri}#main-key`, kind: 'rsa', ...pems(keys.rsa) },
    { ...base, id: tx.newId(), key_id: `${account.uri}#ed25519-key`, kind: 'ed25519', ...pems(keys.ed25519) },
  ]
}

function pems(pair: { publicPem: string; privatePem: string }) {
  return { public_pem: pair.publicPem, private_pem: pair.privatePem }
}

/** The values of an account of which nothing is known yet. */
export const blankAccount = {
  domain_id: null,
  actor_type: 'Person',
  url: null,
  shared_inbox_url: null,
  outbox_url: null,
  followers_url: null,
  following_url: null,
  featured_url: null,
  featured_tags_url: null,
  display_name: '',
  note: '',
  note_source: null,
  fields: '[]',
  avatar_url: null,
  header_url: null,
  avatar_description: '',
  header_description: '',
  locked: 0,
  bot: 0,
  discoverable: 0,
  indexable: 0,
  hide_collections: 0,
  memorial: 0,
  show_media: 1,
  show_media_replies: 1,
  show_featured: 1,
  attribution_domains: '[]',
  moved_to_id: null,
  moved_at: null,
  also_known_as: '[]',
  silenced_at: null,
  suspended_at: null,
  statuses_count: 0,
  followers_count: 0,
  following_count: 0,
  last_status_at: null,
  fetched_at: null,
  backfilled_at: null,
  suspended_there: 0,
  sensitized_at: null,
  deleted_at: null,
} satisfies Partial<AccountRow>

/** What a remote actor's document says about an account, already checked and sanitised by federation/. */
export type RemoteAccount = Pick<
  AccountRow,
  | 'username'
  | 'host'
  | 'actor_type'
  | 'uri'
  | 'url'
  | 'inbox_url'
  | 'shared_inbox_url'
  | 'outbox_url'
  | 'followers_url'
  | 'following_url'
  | 'featured_url'
  | 'display_name'
  | 'note'
  | 'fields'
  | 'avatar_url'
  | 'header_url'
  | 'avatar_description'
  | 'header_description'
  | 'locked'
  | 'bot'
  | 'discoverable'
  | 'indexable'
  | 'memorial'
  | 'also_known_as'
> &
  Partial<
    Pick<
      AccountRow,
      | 'suspended_there'
      | 'featured_tags_url'
      | 'show_media'
      | 'show_media_replies'
      | 'show_featured'
      | 'attribution_domains'
    >
  > & {
    createdAt: number | null
    counts: { statuses?: number; followers?: number; following?: number }
    keys: { keyId: string; kind: 'rsa' | 'ed25519'; publicPem: string; expiresAt: number | null }[]
  }

/**
 * Takes in a remote account, new or known (by uri), with its keys. Throws `invalid` when the uri or the
 * handle belongs to one of ours, or the handle to another actor (ORG-18, ORG-22).
 */
export async function saveRemoteAccount(app: App, given: RemoteAccount): Promise<AccountRow> {
  return app.inTransaction(async (tx) => {
    const { createdAt, counts, keys, ...columns } = given
    const lower = given.username.toLowerCase()
    const known = await tx.db
      .selectFrom('account')
      .selectAll()
      .where('uri', '=', given.uri)
      .executeTakeFirst()
    if (known?.domain_id != null || tx.domains.isOurs(given.host))
      throw invalid('This account is one of ours')
    const namesake = await tx.db
      .selectFrom('account')
      .select(['id', 'uri'])
      .where('username_lower', '=', lower)
      .where('host', '=', given.host)
      .executeTakeFirst()
    if (namesake && namesake.uri !== given.uri) throw invalid('This handle belongs to another actor')
    const policy = known ? null : await policyOf(tx, given.host)
    const row: AccountRow = {
      ...blankAccount,
      // Whoever comes of a limited server later than the decision bears its mark too.
      silenced_at: policy?.severity === 'silence' ? policy.created_at : null,
      suspended_at: policy?.severity === 'suspend' ? policy.created_at : null,
      ...known,
      ...columns,
      ...suspension(known, columns.suspended_there ?? 0, tx.now()),
      actor_type: known ? kindOf(known.actor_type, columns.actor_type) : columns.actor_type,
      fields: known ? carryProofs(known.fields, columns.fields) : columns.fields,
      id: known?.id ?? tx.newId(),
      username_lower: lower,
      created_at: createdAt ?? known?.created_at ?? tx.now(),
      updated_at: tx.now(),
      fetched_at: tx.now(),
      statuses_count: counts.statuses ?? known?.statuses_count ?? 0,
      followers_count: counts.followers ?? known?.followers_count ?? 0,
      following_count: counts.following ?? known?.following_count ?? 0,
    }
    if (known) await tx.db.updateTable('account').set(row).where('id', '=', row.id).execute()
    else await tx.db.insertInto('account').values(row).execute()
    await replaceKeys(tx, row.id, keys)
    await tx.emit(accountUpdated, { accountId: row.id, origin: 'elsewhere' })
    return row
  })
}

/** A person may become a robot and be one no more; nobody becomes a thing of another kind (ORG-24). */
function kindOf(before: string, now: string): string {
  const people = ['Person', 'Service']
  return people.includes(before) && people.includes(now) ? now : before
}

async function replaceKeys(tx: App, accountId: number, keys: RemoteAccount['keys']) {
  await tx.db.deleteFrom('account_key').where('account_id', '=', accountId).execute()
  if (keys.length === 0) return
  const rows = keys.map((key) => ({
    id: tx.newId(),
    account_id: accountId,
    key_id: key.keyId,
    kind: key.kind,
    public_pem: key.publicPem,
    private_pem: null,
    created_at: tx.now(),
    expires_at: key.expiresAt,
  }))
  await tx.db
    .insertInto('account_key')
    .values(rows)
    .onConflict((clash) => clash.column('key_id').doNothing())
    .execute()
}

/** Its own server suspended it, or lets it be seen again; what our staff decided is not touched. */
function suspension(known: AccountRow | undefined, isSuspended: number, now: number): Partial<AccountRow> {
  if (isSuspended === 1 && (known?.suspended_at ?? null) === null)
    return { suspended_at: now, suspended_there: 1 }
  if (isSuspended === 0 && known?.suspended_there === 1) return { suspended_at: null, suspended_there: 0 }
  return { suspended_there: known?.suspended_there ?? 0 }
}
