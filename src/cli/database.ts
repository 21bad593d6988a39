import { migrate, migrationState } from '#platform/database/migrate.ts'
import type { Database } from '#platform/database/open.ts'
import { isoTime } from '#platform/times.ts'
import type { Command, Hands } from './command.ts'
import { table } from './table.ts'

const MEGABYTE = 1024 ** 2
const LANES_SHOWN = 50

export const databaseCommands: Command[] = [
  {
    name: 'db migrate',
    about: "Bring the database to this program's schema (serve does it too)",
    run: async ({ hands }) => {
      const [before, after] = await withDatabase(hands, async (database) => [
        await migrationState(database),
        await migrate(database),
      ])
      hands.print(before.pending.length > 0 ? `Ran ${before.pending.join(', ')}.` : 'Nothing to do.')
      hands.print(`Schema ${after.current} of ${after.newest}.`)
      return 0
    },
  },
  {
    name: 'db status',
    about: 'Which database, its schema, its size, and whether it is sound',
    run: async ({ hands }) => {
      const { name, state, damage, size } = await withDatabase(hands, async (database) => ({
        name: database.dialect.name,
        state: await migrationState(database),
        damage: await database.dialect.findDamage(database.db),
        size: await database.dialect.sizeOnDisk(database.db),
      }))
      hands.print(
        table(
          ['', ''],
          [
            ['database', name],
            [
              'schema',
              `${state.current} of ${state.newest}${state.pending.length > 0 ? ' (run db migrate)' : ''}`,
            ],
            ['size', `${(size / MEGABYTE).toFixed(1)} MB`],
            ['sound', damage ?? 'yes'],
          ],
        ),
      )
      return damage ? 1 : 0
    },
  },
  {
    name: 'jobs',
    about: 'What waits, where, and why: queues, lanes of other servers, jobs put aside',
    run: async ({ hands }) => {
      const app = await hands.openApp()
      const lanes = await app.db
        .selectFrom('lane')
        .selectAll()
        .where((row) => row.or([row('waiting', '>', 0), row('inflight', '>', 0), row('state', '<>', 0)]))
        .orderBy('waiting', 'desc')
        .limit(LANES_SHOWN)
        .execute()
      const states = ['open to all', 'circuit open', 'trying', 'gone']
      const rows = lanes.map((lane) => [
        lane.queue,
        lane.lane || '-',
        String(lane.waiting),
        String(lane.inflight),
        states[lane.state] ?? String(lane.state),
        lane.open_until > app.now() ? isoTime(lane.open_until) : '',
      ])
      hands.print(
        rows.length > 0
          ? table(['queue', 'lane', 'waiting', 'running', 'state', 'next try'], rows)
          : 'Nothing waits.',
      )
      const { n } = await app.db
        .selectFrom('dead_job')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      if (Number(n) > 0) hands.print(`\n${n} jobs were put aside after their last try.`)
      return 0
    },
  },
]

/** Open connections would keep the process alive, so they are closed also when something goes wrong. */
async function withDatabase<T>(hands: Hands, work: (database: Database<never>) => Promise<T>): Promise<T> {
  const database = await hands.openDatabase()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
