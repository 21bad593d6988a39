import type { AccountKeyRow, AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { dayOf } from '#platform/times.ts'
import { multikeyOf } from '../signatures/multikey-out.ts'
import type { Document } from './context-out.ts'
import { PUBLIC } from './context-out.ts'
import { emojiTags, imageTypeOf, ownEmojisIn } from './write-emojis.ts'

const keysOf = prepared<{ account: number }, AccountKeyRow>((db, { account }) =>
  db.selectFrom('account_key').selectAll().where('account_id', '=', account).orderBy('id'),
)

type StoredField = { name: string; value: string }

/** The actor document of an account of ours; a suspended one is emptied but keeps its addresses and keys. */
export async function writePerson(app: App, account: AccountRow): Promise<Document> {
  const suspended = account.suspended_at !== null
  const keys = await keysOf(app, { account: account.id })
  const moved = account.moved_to_id === null ? undefined : await accountById(app, account.moved_to_id)
  const { uri } = account
  return {
    id: uri,
    type: account.actor_type,
    webfinger: `${account.username}@${account.host}`,
    following: account.following_url,
    followers: account.followers_url,
    inbox: account.inbox_url,
    outbox: account.outbox_url,
    featured: account.featured_url,
    featuredTags: `${uri}/collections/tags`,
    featuredCollections: `${uri}/featured_collections`,
    preferredUsername: account.username,
    url: account.url,
    manuallyApprovesFollowers: account.locked === 1,
    published: `${dayOf(account.created_at)}T00:00:00Z`,
    ...publicKeys(uri, keys),
    endpoints: { sharedInbox: account.shared_inbox_url },
    ...(moved ? { movedTo: moved.uri } : {}),
    ...(account.also_known_as === '[]' ? {} : { alsoKnownAs: JSON.parse(account.also_known_as) as string[] }),
    ...(suspended ? emptied : await profile(app, account)),
  }
}

const emptied: Document = {
  name: '',
  summary: '',
  discoverable: false,
  indexable: false,
  suspended: true,
  tag: [],
  attachment: [],
}

async function profile(app: App, account: AccountRow): Promise<Document> {
  const origin = app.domains.byId(account.domain_id as number)?.origin ?? ''
  const fields = JSON.parse(account.fields) as StoredField[]
  const text = `${account.display_name} ${account.note} ${account.fields}`
  return {
    name: account.display_name,
    summary: account.note,
    discoverable: account.discoverable === 1,
    indexable: account.indexable === 1,
    memorial: account.memorial === 1,
    interactionPolicy: { canFeature: { automaticApproval: account.discoverable === 1 ? [PUBLIC] : [] } },
    showFeatured: account.show_featured === 1,
    showMedia: account.show_media === 1,
    showRepliesInMedia: account.show_media_replies === 1,
    ...(account.attribution_domains === '[]'
      ? {}
      : { attributionDomains: JSON.parse(account.attribution_domains) as string[] }),
    tag: emojiTags(origin, text, await ownEmojisIn(app, [text])),
    attachment: fields.map(({ name, value }) => ({ type: 'PropertyValue', name, value })),
    ...picture('icon', account.avatar_url, account.avatar_description, origin),
    ...picture('image', account.header_url, account.header_description, origin),
  }
}

function picture(name: 'icon' | 'image', url: string | null, description: string, origin: string): Document {
  if (url === null) return {}
  const words = description ? { summary: description } : {}
  return { [name]: { type: 'Image', mediaType: imageTypeOf(url), url: new URL(url, origin).href, ...words } }
}

function publicKeys(uri: string, keys: AccountKeyRow[]): Document {
  const rsa = keys.find((key) => key.kind === 'rsa')
  const newer = keys.filter((key) => key.kind === 'ed25519')
  return {
    ...(rsa ? { publicKey: { id: rsa.key_id, owner: uri, publicKeyPem: rsa.public_pem } } : {}),
    // FEP-521a
    assertionMethod: newer.map((key) => ({
      id: key.key_id,
      type: 'Multikey',
      controller: uri,
      publicKeyMultibase: multikeyOf(key.public_pem),
    })),
  }
}
