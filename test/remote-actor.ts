import type { AccountRow } from '#accounts/accounts.ts'
import type { RemoteAccount } from '#accounts/save-account.ts'
import type { Draft } from '#statuses/draft.ts'

/** Somebody of another server, as their document would tell. */
export function remoteActor(username: string, host: string): RemoteAccount {
  const uri = `https://${host}/users/${username}`
  return {
    username,
    host,
    actor_type: 'Person',
    uri,
    url: `https://${host}/@${username}`,
    inbox_url: `${uri}/inbox`,
    shared_inbox_url: `https://${host}/inbox`,
    outbox_url: `${uri}/outbox`,
    followers_url: `${uri}/followers`,
    following_url: `${uri}/following`,
    featured_url: null,
    display_name: username,
    note: '',
    fields: '[]',
    avatar_url: null,
    header_url: null,
    avatar_description: '',
    header_description: '',
    locked: 0,
    bot: 0,
    discoverable: 1,
    indexable: 1,
    memorial: 0,
    also_known_as: '[]',
    createdAt: null,
    counts: {},
    keys: [],
  }
}

/** A public post of somebody elsewhere, as their Note would tell. */
export function foreignDraft(account: AccountRow, uri: string, more: Partial<Draft> = {}): Draft {
  return {
    account,
    visibility: 'public',
    content: '<p>from elsewhere</p>',
    source: null,
    contentType: 'text/html',
    spoilerText: '',
    sensitive: false,
    language: null,
    parent: null,
    parentUri: null,
    mentions: [],
    tags: [],
    media: [],
    mediaIds: [],
    poll: null,
    quote: null,
    quotePolicy: null,
    localOnly: false,
    conversationUri: null,
    foreign: { uri, url: uri, publishedAt: Date.UTC(2026, 5, 1), editedAt: null },
    applicationId: null,
    idempotencyKey: null,
    ...more,
  }
}
