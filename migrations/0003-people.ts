import type { Kysely } from 'kysely'
import type { Dialect } from '../src/platform/database/dialect.ts'
import { addColumns, createIndex, createTable } from '../src/platform/database/schema.ts'

/** What one account keeps about another: notes, endorsements, domain blocks, severed follows, reports. */
export async function up(db: Kysely<never>, dialect: Dialect): Promise<void> {
  await widenPeople(db, dialect)
  await createKeptAbout(db, dialect)
  await createSeverances(db, dialect)
  await createReports(db, dialect)
}

async function widenPeople(db: Kysely<never>, dialect: Dialect) {
  await addColumns(db, dialect, 'account', {
    show_media: 'int=1',
    show_media_replies: 'int=1',
    show_featured: 'int=1',
    attribution_domains: 'text=[]',
  })
  await addColumns(db, dialect, 'user', { created_by_application_id: 'int?' })
  // The directory and the suggestions read along these instead of sorting everybody.
  await createIndex(db, 'account', ['coalesce(last_status_at, 0) desc', 'id desc'], {
    name: 'account_active',
    where: 'discoverable = 1',
  })
  await createIndex(db, 'account', ['id'], { name: 'account_discoverable', where: 'discoverable = 1' })
  await createIndex(db, 'account', ['followers_count desc', 'id desc'], {
    name: 'account_followed',
    where: 'discoverable = 1',
  })
  await createIndex(db, 'account', ['host', 'id'])
}

async function createKeptAbout(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'account_note', {
    id: 'key',
    account_id: 'int',
    target_id: 'int',
    comment: 'text',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'account_note', ['account_id', 'target_id'], { unique: true })
  await createTable(db, dialect, 'endorsement', {
    id: 'key',
    account_id: 'int',
    target_id: 'int',
    created_at: 'int',
  })
  await createIndex(db, 'endorsement', ['account_id', 'target_id'], { unique: true })
  await createIndex(db, 'endorsement', ['account_id', 'id'])
  await createTable(
    db,
    dialect,
    'suggestion_dismissal',
    { account_id: 'int', target_id: 'int', created_at: 'int' },
    ['account_id', 'target_id'],
  )
  await createTable(db, dialect, 'featured_tag', {
    id: 'key',
    account_id: 'int',
    tag_id: 'int',
    name: 'text',
    statuses_count: 'int=0',
    last_status_at: 'int?',
    created_at: 'int',
  })
  await createIndex(db, 'featured_tag', ['account_id', 'tag_id'], { unique: true })
  await createTable(db, dialect, 'account_domain_block', {
    id: 'key',
    account_id: 'int',
    domain: 'text',
    created_at: 'int',
  })
  await createIndex(db, 'account_domain_block', ['account_id', 'domain'], { unique: true })
}

async function createSeverances(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'severance', {
    id: 'key',
    kind: 'text',
    target_name: 'text',
    purged: 'int=0',
    created_at: 'int',
  })
  await createTable(db, dialect, 'account_severance', {
    id: 'key',
    severance_id: 'int',
    account_id: 'int',
    followers_count: 'int=0',
    following_count: 'int=0',
    created_at: 'int',
  })
  await createIndex(db, 'account_severance', ['severance_id', 'account_id'], { unique: true })
  await createIndex(db, 'account_severance', ['account_id', 'id'])
  await createTable(db, dialect, 'severed_follow', {
    id: 'key',
    severance_id: 'int',
    account_id: 'int',
    target_id: 'int',
    was_follower: 'int=0',
    show_reblogs: 'int=1',
    notify: 'int=0',
    languages: 'text?',
    created_at: 'int',
  })
  await createIndex(db, 'severed_follow', ['severance_id', 'account_id', 'id'])
  await addColumns(db, dialect, 'notification', { severance_id: 'int?', report_id: 'int?' })
}

async function createReports(db: Kysely<never>, dialect: Dialect) {
  await createTable(db, dialect, 'report', {
    id: 'key',
    uri: 'text',
    domain_id: 'int',
    account_id: 'int',
    target_id: 'int',
    category: 'text=other',
    comment: 'text=',
    status_ids: 'text=[]',
    collection_ids: 'text=[]',
    rule_ids: 'text=[]',
    forwarded: 'int=0',
    assigned_to_id: 'int?',
    action_taken_at: 'int?',
    action_taken_by_id: 'int?',
    created_at: 'int',
    updated_at: 'int',
  })
  await createIndex(db, 'report', ['target_id', 'id'])
  await createIndex(db, 'report', ['account_id', 'id'])
  await createIndex(db, 'report', ['domain_id', 'id'])
  await createIndex(db, 'report', ['uri'], { unique: true })
}
