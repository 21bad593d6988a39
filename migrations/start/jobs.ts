import type { Kysely } from 'kysely'
import type { Dialect } from '../../src/platform/database/dialect.ts'
import { createIndex, createTable } from '../../src/platform/database/schema.ts'

/** The queue, its lanes, the clock. */
export async function createJobs(db: Kysely<never>, dialect: Dialect) {
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
