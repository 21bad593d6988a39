import { randomUUID } from 'node:crypto'
import type { App } from '#app.ts'
import { unavailable } from '#platform/errors.ts'
import type { IdSource } from './ids.ts'
import { WRITERS } from './ids.ts'
import { MINUTE, SECOND } from './times.ts'

/** A number that some thread makes ids with, until when nobody else may. */
export type IdWriterRow = { writer: number; holder: string; held_until: number }
export type IdWriterTables = { id_writer: IdWriterRow }

const HELD_FOR = 2 * MINUTE
const RENEW_EVERY = 20 * SECOND

/**
 * Where several processes share a database, takes a number of its own for this thread's ids and keeps it until `release`:
 * ids of one millisecond then cannot meet. Throws `unavailable` when all numbers are taken.
 */
export async function holdWriter(
  app: App,
  ids: IdSource,
): Promise<{ renew(): Promise<void>; release(): Promise<void> }> {
  const holder = randomUUID()
  let writer = await take(app, holder)
  ids.use(writer)
  const renew = async () => {
    const kept = await app.inTransaction((tx) =>
      tx.db
        .updateTable('id_writer')
        .set({ held_until: tx.now() + HELD_FOR })
        .where('writer', '=', writer)
        .where('holder', '=', holder)
        .executeTakeFirst(),
    )
    if (kept.numUpdatedRows > 0n) return
    // Asleep for so long that somebody else took it.
    writer = await take(app, holder)
    ids.use(writer)
  }
  const timer = setInterval(() => {
    renew().catch((err: unknown) =>
      app.log.warn({ err }, 'could not renew the number that ids are made with'),
    )
  }, RENEW_EVERY)
  timer.unref()
  return {
    renew,
    async release() {
      clearInterval(timer)
      await app.inTransaction(async (tx) => {
        await tx.db
          .deleteFrom('id_writer')
          .where('writer', '=', writer)
          .where('holder', '=', holder)
          .execute()
      })
    },
  }
}

async function take(app: App, holder: string): Promise<number> {
  const taken = await app.db
    .selectFrom('id_writer')
    .select('writer')
    .where('held_until', '>', app.now())
    .execute()
  for (let writer = 0; writer < WRITERS; writer++) {
    if (taken.some((row) => row.writer === writer)) continue
    const added = await app.inTransaction((tx) => {
      const row = { writer, holder, held_until: tx.now() + HELD_FOR }
      return tx.db
        .insertInto('id_writer')
        .values(row)
        .onConflict((clash) =>
          clash
            .column('writer')
            .doUpdateSet({ holder, held_until: row.held_until })
            .where('id_writer.held_until', '<=', tx.now()),
        )
        .executeTakeFirst()
    })
    // Of two who reach for the same one, one gets it.
    if ((added.numInsertedOrUpdatedRows ?? 0n) > 0n) return writer
  }
  throw unavailable(`More than ${WRITERS} threads write to this database`)
}
