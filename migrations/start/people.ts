import type { Kysely } from 'kysely'
import type { Dialect } from '../../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../../src/platform/database/schema.ts'

/** Hosted domains, their settings and rules. */
export async function createInstance(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'hosted_domain', {
    id: 'key',
    name: 'text',
    web_host: 'text',
    origin: 'text',
    alternates: 'text=[]',
    confirmed_at: 'int?',
    federated_at: 'int?',
    actor_id: 'int?',
    created_at: 'int',
  })
  await createIndex(db, 'hosted_domain', ['name'], { unique: true })
  await createTable(
    db,
    dialect,
    'setting',
    { domain_id: 'int', name: 'text', value: 'text', updated_at: 'int' },
    ['domain_id', 'name'],
  )
  await createTable(db, dialect, 'rule', {
    id: 'key',
    domain_id: 'int',
    position: 'int',
    text: 'text',
    hint: 'text=',
    created_at: 'int',
  })
}

/** Accounts of everywhere, their keys, custom emojis. */
export async function createAccounts(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'account', {
    id: 'key',
    domain_id: 'int?',
    username: 'text',
    username_lower: 'text',
    host: 'text',
    actor_type: 'text=Person',
    uri: 'text',
    url: 'text?',
    inbox_url: 'text',
    shared_inbox_url: 'text?',
    outbox_url: 'text?',
    followers_url: 'text?',
    following_url: 'text?',
    featured_url: 'text?',
    display_name: 'text=',
    note: 'text=',
    note_source: 'text?',
    fields: 'text=[]',
    avatar_url: 'text?',
    header_url: 'text?',
    avatar_description: 'text=',
    header_description: 'text=',
    locked: 'int=0',
    bot: 'int=0',
    discoverable: 'int=0',
    indexable: 'int=0',
    hide_collections: 'int=0',
    memorial: 'int=0',
    moved_to_id: 'int?',
    also_known_as: 'text=[]',
    silenced_at: 'int?',
    suspended_at: 'int?',
    statuses_count: 'int=0',
    followers_count: 'int=0',
    following_count: 'int=0',
    last_status_at: 'int?',
    created_at: 'int',
    updated_at: 'int',
    fetched_at: 'int?',
  })
  await createIndex(db, 'account', ['uri'], { unique: true })
  await createIndex(db, 'account', ['username_lower', 'host'], { unique: true })
  await createIndex(db, 'account', ['domain_id', 'id'], { where: 'domain_id is not null' })
  await createIndex(db, 'account', ['followers_url'], { where: 'followers_url is not null' })
  await createIndex(db, 'account', ['url'], { where: 'url is not null' })
  await createTable(db, dialect, 'account_key', {
    id: 'key',
    account_id: 'int',
    key_id: 'text',
    kind: 'text',
    public_pem: 'text',
    private_pem: 'text?',
    created_at: 'int',
    expires_at: 'int?',
  })
  await createIndex(db, 'account_key', ['key_id'], { unique: true })
  await createIndex(db, 'account_key', ['account_id'])
  await createTable(db, dialect, 'emoji', {
    id: 'key',
    host: 'text=',
    shortcode: 'text',
    uri: 'text?',
    url: 'text',
    static_url: 'text',
    category: 'text?',
    updated_at: 'int',
  })
  await createIndex(db, 'emoji', ['host', 'shortcode'], { unique: true })
}

/** People and what they sign in with. */
export async function createAuth(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'role', {
    id: 'key',
    name: 'text',
    color: 'text=',
    position: 'int',
    permissions: 'int',
    highlighted: 'int=0',
    created_at: 'int',
    updated_at: 'int',
  })
  await createTable(db, dialect, 'user', {
    id: 'key',
    account_id: 'int',
    domain_id: 'int',
    email: 'text?',
    email_lower: 'text?',
    password_hash: 'text?',
    role_id: 'int?',
    locale: 'text?',
    settings: 'text={}',
    sign_up_reason: 'text?',
    sign_up_ip: 'text?',
    confirmed_at: 'int?',
    approved_at: 'int?',
    disabled_at: 'int?',
    age_verified_at: 'int?',
    created_at: 'int',
    last_sign_in_at: 'int?',
  })
  await createIndex(db, 'user', ['account_id'], { unique: true })
  await createIndex(db, 'user', ['domain_id', 'email_lower'], {
    unique: true,
    where: 'email_lower is not null',
  })
  await createTable(db, dialect, 'session', {
    id: 'key',
    token_hash: 'text',
    user_id: 'int',
    csrf: 'text',
    ip: 'text?',
    user_agent: 'text?',
    created_at: 'int',
    last_used_at: 'int',
  })
  await createIndex(db, 'session', ['token_hash'], { unique: true })
  await createIndex(db, 'session', ['user_id'])
  await createTable(db, dialect, 'recovery', {
    id: 'key',
    token_hash: 'text',
    user_id: 'int',
    created_at: 'int',
    expires_at: 'int',
    used_at: 'int?',
  })
  await createIndex(db, 'recovery', ['token_hash'], { unique: true })
  await createTable(db, dialect, 'attempt', { key: 'text', window_start: 'int', count: 'int' }, ['key'])
  await createTable(db, dialect, 'application', {
    id: 'key',
    name: 'text',
    website: 'text?',
    redirect_uris: 'text',
    scopes: 'text',
    client_id: 'text',
    secret_hash: 'text',
    confidential: 'int=1',
    created_at: 'int',
  })
  await createIndex(db, 'application', ['client_id'], { unique: true })
  await createTable(db, dialect, 'grant', {
    id: 'key',
    code_hash: 'text',
    application_id: 'int',
    user_id: 'int',
    redirect_uri: 'text',
    scopes: 'text',
    code_challenge: 'text?',
    created_at: 'int',
    expires_at: 'int',
    used_at: 'int?',
  })
  await createIndex(db, 'grant', ['code_hash'], { unique: true })
  await createTable(db, dialect, 'token', {
    id: 'key',
    token_hash: 'text',
    application_id: 'int',
    user_id: 'int?',
    grant_id: 'int?',
    scopes: 'text',
    created_at: 'int',
    last_used_at: 'int?',
    revoked_at: 'int?',
  })
  await createIndex(db, 'token', ['token_hash'], { unique: true })
  await createIndex(db, 'token', ['user_id'])
  await createIndex(db, 'token', ['grant_id'], { where: 'grant_id is not null' })
}

/** Follows, requests, blocks, mutes. */
export async function createRelationships(db: Kysely<never>, dialect: Dialect) {
  for (const table of ['follow', 'follow_request']) {
    await createTable(db, dialect, table, {
      id: 'key',
      account_id: 'int',
      target_id: 'int',
      uri: 'text',
      show_reblogs: 'int=1',
      notify: 'int=0',
      languages: 'text?',
      created_at: 'int',
    })
    await createIndex(db, table, ['account_id', 'target_id'], { unique: true })
    await createIndex(db, table, ['target_id', 'id'])
    await createIndex(db, table, ['uri'])
  }
  await createIndex(db, 'follow', ['account_id', 'id'])
  await createTable(db, dialect, 'block', {
    id: 'key',
    account_id: 'int',
    target_id: 'int',
    uri: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'block', ['account_id', 'target_id'], { unique: true })
  await createIndex(db, 'block', ['target_id', 'account_id'])
  await createTable(db, dialect, 'mute', {
    id: 'key',
    account_id: 'int',
    target_id: 'int',
    hide_notifications: 'int=1',
    expires_at: 'int?',
    created_at: 'int',
  })
  await createIndex(db, 'mute', ['account_id', 'target_id'], { unique: true })
}
