import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { App } from '#app.ts'

const NEWS = 'news'
const LOOK_EVERY = 1000

/** Leaves word in the database that another process changed something; serving threads hear of it within a second. */
export async function leaveNews(app: App): Promise<void> {
  await app.inTransaction(async (tx) => {
    const value = String(tx.newId())
    await tx.db
      .insertInto('meta')
      .values({ name: NEWS, value })
      .onConflict((clash) => clash.column('name').doUpdateSet({ value }))
      .execute()
  })
}

/** Runs `heard` whenever another process left word; returns what stops the looking. */
export function watchNews(app: App, heard: () => void): () => void {
  let last: string | undefined
  const look = async () => {
    const db = app.db as unknown as Kysely<never>
    const found = await sql<{ value: string }>`select value from meta where name = ${NEWS}`.execute(db)
    const value = found.rows[0]?.value ?? ''
    if (last !== undefined && value !== last) heard()
    last = value
  }
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY)
  timer.unref()
  void look().catch(() => {})
  return () => clearInterval(timer)
}
