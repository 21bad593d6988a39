import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import * as start from '../../../migrations/0001-start.ts'
import * as statusLinks from '../../../migrations/0002-status-links.ts'
import * as people from '../../../migrations/0003-people.ts'
import * as pollsAndSchedule from '../../../migrations/0004-polls-and-schedule.ts'
import * as announcements from '../../../migrations/0005-announcements.ts'
import * as media from '../../../migrations/0006-media.ts'
import * as listsAndConversations from '../../../migrations/0007-lists-and-conversations.ts'
import * as notifications from '../../../migrations/0008-notifications.ts'
import * as push from '../../../migrations/0009-push.ts'
import * as search from '../../../migrations/0010-search.ts'
import * as filters from '../../../migrations/0011-filters.ts'
import * as readingOrder from '../../../migrations/0012-reading-order.ts'
import * as queueCare from '../../../migrations/0013-queue-care.ts'
import * as cards from '../../../migrations/0014-cards.ts'
import * as collections from '../../../migrations/0015-collections.ts'
import * as quotes from '../../../migrations/0016-quotes.ts'
import * as reactions from '../../../migrations/0018-reactions.ts'
import * as trust from '../../../migrations/0019-trust.ts'
import * as domainPolicies from '../../../migrations/0020-domain-policies.ts'
import * as profilesAndPolicies from '../../../migrations/0021-profiles-and-policies.ts'
import * as statusParts from '../../../migrations/0022-status-parts.ts'
import * as appTokens from '../../../migrations/0028-app-tokens.ts'
import * as moves from '../../../migrations/0029-moves.ts'
import * as accountEnds from '../../../migrations/0030-account-ends.ts'
import * as deliveryReport from '../../../migrations/0031-delivery-report.ts'
import * as archives from '../../../migrations/0032-archives.ts'
import * as hostInfo from '../../../migrations/0033-host-info.ts'
import * as cardHashes from '../../../migrations/0034-card-hashes.ts'
import * as confirmations from '../../../migrations/0035-confirmations.ts'
import * as blockLists from '../../../migrations/0036-block-lists.ts'
import { invalid } from '../errors.ts'
import type { Dialect } from './dialect.ts'
import type { Database } from './open.ts'

type Migration = { up(db: Kysely<never>, dialect: Dialect): Promise<void> }

/** Every migration in order; the number is its place, counted from 1. Up only. */
const migrations: { name: string; migration: Migration }[] = [
  { name: '0001-start', migration: start },
  { name: '0002-status-links', migration: statusLinks },
  { name: '0003-people', migration: people },
  { name: '0004-polls-and-schedule', migration: pollsAndSchedule },
  { name: '0005-announcements', migration: announcements },
  { name: '0006-media', migration: media },
  { name: '0007-lists-and-conversations', migration: listsAndConversations },
  { name: '0008-notifications', migration: notifications },
  { name: '0009-push', migration: push },
  { name: '0010-search', migration: search },
  { name: '0011-filters', migration: filters },
  { name: '0012-reading-order', migration: readingOrder },
  { name: '0013-queue-care', migration: queueCare },
  { name: '0014-cards', migration: cards },
  { name: '0015-collections', migration: collections },
  { name: '0016-quotes', migration: quotes },
  { name: '0018-reactions', migration: reactions },
  { name: '0019-trust', migration: trust },
  { name: '0020-domain-policies', migration: domainPolicies },
  { name: '0021-profiles-and-policies', migration: profilesAndPolicies },
  { name: '0022-status-parts', migration: statusParts },
  { name: '0028-app-tokens', migration: appTokens },
  { name: '0029-moves', migration: moves },
  { name: '0030-account-ends', migration: accountEnds },
  { name: '0031-delivery-report', migration: deliveryReport },
  { name: '0032-archives', migration: archives },
  { name: '0033-host-info', migration: hostInfo },
  { name: '0034-card-hashes', migration: cardHashes },
  { name: '0035-confirmations', migration: confirmations },
  { name: '0036-block-lists', migration: blockLists },
]

/** The newest schema this program knows. */
export const schemaNumber = migrations.length

export type MigrationState = { current: number; newest: number; pending: string[] }

/** Which migrations the database has and which it lacks; reads only. */
export async function migrationState<T>(database: Database<T>): Promise<MigrationState> {
  const db = database.db as unknown as Kysely<never>
  const current = await schemaOf(db, database.dialect)
  return { current, newest: schemaNumber, pending: migrations.slice(current).map(({ name }) => name) }
}

/**
 * Brings the database to this program's schema, under a lock, one transaction a migration.
 * Throws with a sentence for the keeper when the database is newer, or is Mastodon's.
 */
export async function migrate<T>(database: Database<T>): Promise<MigrationState> {
  const plain = database as unknown as Database<never>
  for (const [index, { migration }] of migrations.entries()) {
    await plain.write(async (db) => {
      await database.dialect.lockForMigration(db)
      const current = await schemaOf(db, database.dialect)
      if (current > schemaNumber) throw invalid(newerSchema(current))
      if (current > index) return
      if (index === 0) {
        await refuseMastodon(db, database.dialect)
        await database.dialect.createSchema(db)
      }
      await migration.up(db, database.dialect)
      await rememberSchema(db, index + 1)
    })
  }
  return migrationState(database)
}

async function schemaOf(db: Kysely<never>, dialect: Dialect): Promise<number> {
  if (!(await dialect.hasTable(db, 'meta'))) return 0
  const found = await sql<{ value: string }>`select value from meta where name = 'schema'`.execute(db)
  return Number(found.rows[0]?.value ?? 0)
}

async function rememberSchema(db: Kysely<never>, number: number) {
  await sql`create table if not exists meta (name text not null primary key, value text not null)`.execute(db)
  await sql`insert into meta (name, value) values ('schema', ${String(number)})
    on conflict (name) do update set value = excluded.value`.execute(db)
}

async function refuseMastodon(db: Kysely<never>, dialect: Dialect) {
  if (await dialect.isMastodon(db)) {
    throw invalid(
      'This database belongs to Mastodon. Hyrax will not write to it: give Hyrax a database of its own ' +
        '(another DB_NAME), or set HYRAX_DB=sqlite to keep its data in files.',
    )
  }
}

function newerSchema(current: number): string {
  return (
    `The database has schema ${current}, this program knows ${schemaNumber}. ` +
    'It was used by a newer Hyrax: start that version, or restore a backup made before the upgrade.'
  )
}
