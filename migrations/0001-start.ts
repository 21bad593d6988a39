import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../src/platform/database/schema.ts'

/** The first schema: hosted domains, people, statuses, relations, notifications, jobs. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await createInstance(db, dialect)
  await createAccounts(db, dialect)
  await createAuth(db, dialect)
  await createRelationships(db, dialect)
  await createStatuses(db, dialect)
  await createMarks(db, dialect)
  await createReading(db, dialect)
  await createJobs(db, dialect)
}

async function createInstance(db: Kysely<never>, dialect: Dialect) {
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

async function createAccounts(db: Kysely<never>, dialect: Dialect) {
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

async function createAuth(db: Kysely<never>, dialect: Dialect) {
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

async function createRelationships(db: Kysely<never>, dialect: Dialect) {
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

async function createStatuses(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'status', {
    id: 'key',
    uri: 'text',
    url: 'text?',
    account_id: 'int',
    domain_id: 'int?',
    visibility: 'text',
    content: 'text=',
    source: 'text?',
    content_type: 'text=text/plain',
    spoiler_text: 'text=',
    sensitive: 'int=0',
    language: 'text?',
    in_reply_to_id: 'int?',
    in_reply_to_account_id: 'int?',
    in_reply_to_uri: 'text?',
    conversation_id: 'int?',
    reblog_of_id: 'int?',
    application_id: 'int?',
    replies_count: 'int=0',
    reblogs_count: 'int=0',
    favourites_count: 'int=0',
    created_at: 'int',
    edited_at: 'int?',
  })
  await createIndex(db, 'status', ['uri'], { unique: true })
  await createIndex(db, 'status', ['account_id', 'id'])
  await createIndex(db, 'status', ['in_reply_to_id', 'id'], { where: 'in_reply_to_id is not null' })
  await createIndex(db, 'status', ['in_reply_to_uri'], { where: 'in_reply_to_uri is not null' })
  await createIndex(db, 'status', ['reblog_of_id', 'account_id'], {
    unique: true,
    where: 'reblog_of_id is not null',
  })
  await createIndex(db, 'status', ['conversation_id'], { where: 'conversation_id is not null' })
  await createIndex(db, 'status', ['id'], {
    name: 'status_public',
    where: "visibility = 'public' and reblog_of_id is null",
  })
  await createIndex(db, 'status', ['domain_id', 'id'], {
    name: 'status_local',
    where: "domain_id is not null and visibility = 'public' and reblog_of_id is null",
  })
  await createTable(db, dialect, 'conversation', { id: 'key', uri: 'text?', created_at: 'int' })
  await createIndex(db, 'conversation', ['uri'], { unique: true, where: 'uri is not null' })
  await createTable(db, dialect, 'mention', { status_id: 'int', account_id: 'int', silent: 'int=0' }, [
    'status_id',
    'account_id',
  ])
  await createIndex(db, 'mention', ['account_id', 'status_id'])
  await createTable(db, dialect, 'status_edit', {
    id: 'key',
    status_id: 'int',
    content: 'text',
    source: 'text?',
    spoiler_text: 'text=',
    sensitive: 'int=0',
    created_at: 'int',
  })
  await createIndex(db, 'status_edit', ['status_id', 'id'])
  await createTable(db, dialect, 'tag', { id: 'key', name: 'text', display_name: 'text', created_at: 'int' })
  await createIndex(db, 'tag', ['name'], { unique: true })
  await createTable(db, dialect, 'status_tag', { tag_id: 'int', status_id: 'int' }, ['tag_id', 'status_id'])
  await createIndex(db, 'status_tag', ['status_id'])
  await createTable(db, dialect, 'media', {
    id: 'key',
    account_id: 'int',
    status_id: 'int?',
    position: 'int=0',
    kind: 'text',
    mime: 'text',
    remote_url: 'text?',
    file_key: 'text?',
    preview_key: 'text?',
    blurhash: 'text?',
    description: 'text?',
    meta: 'text={}',
    created_at: 'int',
  })
  await createIndex(db, 'media', ['status_id'], { where: 'status_id is not null' })
  await createTable(
    db,
    dialect,
    'blob',
    { key: 'text', hash: 'text', size: 'int', mime: 'text', created_at: 'int' },
    ['key'],
  )
  await createIndex(db, 'blob', ['hash'])
}

async function createMarks(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'favourite', {
    id: 'key',
    account_id: 'int',
    status_id: 'int',
    uri: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'favourite', ['account_id', 'status_id'], { unique: true })
  await createIndex(db, 'favourite', ['status_id', 'id'])
  await createIndex(db, 'favourite', ['uri'])
  await createTable(db, dialect, 'bookmark', {
    id: 'key',
    account_id: 'int',
    status_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'bookmark', ['account_id', 'status_id'], { unique: true })
  await createIndex(db, 'bookmark', ['status_id'])
  await createTable(
    db,
    dialect,
    'tombstone',
    { uri: 'text', actor_uri: 'text', local: 'int=0', created_at: 'int' },
    ['uri', 'actor_uri'],
  )
  await createTable(
    db,
    dialect,
    'idempotency',
    { account_id: 'int', key: 'text', status_id: 'int', created_at: 'int' },
    ['account_id', 'key'],
  )
  await createIndex(db, 'idempotency', ['created_at'])
}

async function createReading(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'notification', {
    id: 'key',
    account_id: 'int',
    from_account_id: 'int',
    type: 'text',
    status_id: 'int?',
    group_key: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'notification', ['account_id', 'id'])
  await createIndex(db, 'notification', ['status_id'], { where: 'status_id is not null' })
  await createIndex(db, 'notification', ['account_id', 'from_account_id', 'type', 'status_id'], {
    name: 'notification_once',
  })
  await createTable(
    db,
    dialect,
    'marker',
    { account_id: 'int', timeline: 'text', last_read_id: 'text', version: 'int', updated_at: 'int' },
    ['account_id', 'timeline'],
  )
}

async function createJobs(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'job', {
    id: 'key',
    queue: 'text',
    lane: 'text=',
    state: 'int=0',
    prio: 'int=50',
    run_at: 'int',
    attempts: 'int=0',
    failures: 'int=0',
    crashes: 'int=0',
    kind: 'text',
    ref: 'int?',
    payload: 'text?',
    okey: 'int?',
    ukey: 'text?',
    created_at: 'int',
    expires_at: 'int?',
    last_error: 'text?',
  })
  await createIndex(db, 'job', ['queue', 'lane', 'prio', 'id'], { name: 'job_pick', where: 'state = 0' })
  await createIndex(db, 'job', ['state', 'run_at'], { name: 'job_timer', where: 'state <> 0' })
  await createIndex(db, 'job', ['queue', 'lane'], { name: 'job_delayed', where: 'state = 1' })
  await createIndex(db, 'job', ['lane', 'okey', 'id'], { name: 'job_okey', where: 'okey is not null' })
  await createIndex(db, 'job', ['ukey'], {
    unique: true,
    name: 'job_ukey',
    where: 'ukey is not null and state <> 2',
  })
  await createTable(
    db,
    dialect,
    'lane',
    {
      queue: 'text',
      lane: 'text',
      ready_at: 'int?',
      waiting: 'int=0',
      inflight: 'int=0',
      cap: 'int=4',
      top: 'int=0',
      served: 'int=0',
      state: 'int=0',
      fails: 'int=0',
      fail_days: 'int=0',
      open_until: 'int=0',
      first_fail: 'int?',
      last_fail: 'int?',
      last_ok: 'int?',
      ewma_ms: 'int?',
      streak: 'int=0',
    },
    ['queue', 'lane'],
  )
  await createIndex(db, 'lane', ['queue', 'ready_at', 'top', 'served'], {
    name: 'lane_ready',
    where: 'ready_at is not null',
  })
  await createIndex(db, 'lane', ['state', 'queue'], { name: 'lane_unwell', where: 'state <> 0' })
  await createTable(db, dialect, 'outgoing', {
    id: 'key',
    account_id: 'int',
    body: 'text',
    digest: 'text',
    created_at: 'int',
    left: 'int=0',
  })
  await createTable(db, dialect, 'dead_job', {
    id: 'key',
    queue: 'text',
    lane: 'text',
    kind: 'text',
    prio: 'int=50',
    ref: 'int?',
    payload: 'text?',
    okey: 'int?',
    attempts: 'int',
    reason: 'text',
    created_at: 'int',
    died_at: 'int',
  })
  await createIndex(db, 'dead_job', ['died_at'])
  await createTable(
    db,
    dialect,
    'cron',
    {
      name: 'text',
      next_at: 'int',
      last_start: 'int?',
      last_ok: 'int?',
      last_error: 'text?',
      locked_by: 'text?',
      locked_until: 'int=0',
    },
    ['name'],
  )
  await createTable(db, dialect, 'seen', { hash: 'text', created_at: 'int' }, ['hash'])
  await createIndex(db, 'seen', ['created_at'])
}
