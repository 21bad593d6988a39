import { sql } from 'kysely'
import { pruneArchives } from '#accounts/archives.ts'
import { forgetHostless } from '#accounts/emojis.ts'
import type { App } from '#app.ts'
import { forgetUnconfirmed } from '#auth/turn-away.ts'
import { forgetUnusedTags } from '#hashtags/forget-unused.ts'
import { forgetUnattached } from '#media/drop-media.ts'
import { trimRemoteFiles } from '#media/remote-budget.ts'
import { deleteLongSuspended } from '#moderation/delete-account.ts'
import { oweBlockLists } from '#moderation/fetch-block-list.ts'
import { jobChores } from '#platform/jobs/chores.ts'
import type { CronEntry } from '#platform/jobs/declare.ts'
import { every } from '#platform/jobs/declare.ts'
import { sweepScratch } from '#platform/scratch.ts'
import { DAY, HOUR, MINUTE } from '#platform/times.ts'
import { oweDue } from '#statuses/publish-scheduled.ts'
import { refreshIdle } from './federation/fetch/fetch-jobs.ts'
import { oweNodeInfo } from './federation/fetch/fetch-node-info.ts'
import { pruneRelayed } from './federation/inbox/prune-relayed.ts'
import { pruneNotifications } from './notifications/prune-notifications.ts'
import { buildOnce, checkIndex } from './search/index-jobs.ts'
import { indexTodo } from './search/index-todo.ts'
import { computeTrends } from './search/trends.ts'

/** Rows removed in one transaction, so that nobody waits for a clean-up. */
const BATCH = 500
/** Activities are remembered longer than any signature may be replayed (security D2). */
const SEEN_DAYS = 7
const DEAD_JOB_DAYS = 14
const TOMBSTONE_DAYS = 30
/** Longer than anything is tried to be delivered. */
const REPORT_DAYS = 30

type Ageing = { table: string; key: string; column: string; olderThan: number; also?: string }

const ageing: Ageing[] = [
  { table: 'seen', key: 'hash', column: 'created_at', olderThan: SEEN_DAYS * DAY },
  { table: 'dead_job', key: 'id', column: 'died_at', olderThan: DEAD_JOB_DAYS * DAY },
  {
    table: 'tombstone',
    key: 'uri',
    column: 'created_at',
    olderThan: TOMBSTONE_DAYS * DAY,
    also: 'local = 0',
  },
  { table: 'outgoing_report', key: 'ref', column: 'created_at', olderThan: REPORT_DAYS * DAY },
  { table: 'outgoing_failure', key: 'ref', column: 'at', olderThan: REPORT_DAYS * DAY },
  { table: 'grant', key: 'id', column: 'expires_at', olderThan: DAY },
  { table: 'recovery', key: 'id', column: 'expires_at', olderThan: DAY },
  { table: 'attempt', key: 'key', column: 'window_start', olderThan: DAY },
  { table: 'async_refresh', key: 'id', column: 'created_at', olderThan: HOUR },
  { table: 'mute', key: 'id', column: 'expires_at', olderThan: 0 },
  {
    table: 'collection_item',
    key: 'id',
    column: 'updated_at',
    olderThan: DAY,
    also: "state = 'revoked'",
  },
  { table: 'session', key: 'id', column: 'last_used_at', olderThan: 365 * DAY },
]

async function forget(app: App, { table, key, column, olderThan, also }: Ageing): Promise<void> {
  const before = app.now() - olderThan
  for (;;) {
    const removed = await app.inTransaction(async (tx) => {
      const old = sql`select ${sql.ref(key)} from ${sql.table(table)} where ${sql.ref(column)} < ${before}
        ${also ? sql.raw(`and ${also}`) : sql``} limit ${BATCH}`
      const done = await sql`delete from ${sql.table(table)} where ${sql.ref(key)} in (${old})
        ${also ? sql.raw(`and ${also}`) : sql``}`.execute(tx.db)
      return Number(done.numAffectedRows ?? 0)
    })
    if (removed < BATCH) return
  }
}

/** What runs by the clock. */
export const schedule: CronEntry[] = [
  ...jobChores,
  every('forget what has aged', { every: HOUR }, async (app) => {
    for (const each of ageing) await forget(app, each)
  }),
  every('check the search index', { at: '04:20' }, checkIndex),
  every('work out what trends', { every: 5 * MINUTE }, computeTrends),
  every('index what waits for search', { every: 5 * MINUTE }, async (app) => {
    await buildOnce(app)
    await indexTodo(app)
  }),
  every('forget uploads without a status', { every: HOUR }, forgetUnattached),
  every('trim copies of media from elsewhere', { every: 10 * MINUTE }, trimRemoteFiles),
  every('refresh idle accounts', { every: HOUR }, refreshIdle),
  every('forget unused hashtags', { every: HOUR }, forgetUnusedTags),
  every('forget emojis of hosts that are gone', { at: '04:20' }, forgetHostless),
  every('sweep unfinished files', { every: DAY }, sweepScratch),
  every('publish scheduled statuses', { every: 5 * MINUTE }, oweDue),
  every('forget what relays brought', { every: HOUR }, (app) => pruneRelayed(app)),
  every('delete accounts that were suspended long ago', { every: HOUR }, deleteLongSuspended),
  every('forget newcomers who never confirmed', { every: HOUR }, forgetUnconfirmed),
  every('delete old archives', { every: HOUR }, pruneArchives),
  every('fetch lists of blocks', { every: HOUR }, oweBlockLists),
  every('ask servers what they run', { every: HOUR }, oweNodeInfo),
  every('forget old notifications', { at: '04:20' }, (app) => pruneNotifications(app)),
  every('forget idempotency keys', { every: 10 * MINUTE }, async (app) => {
    await app.inTransaction(async (tx) => {
      await tx.db
        .deleteFrom('idempotency')
        .where('created_at', '<', tx.now() - HOUR)
        .execute()
    })
  }),
]
