import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { isoTime } from '#platform/times.ts'

/** Where a member stopped reading. */
export type MarkerRow = {
  account_id: number
  timeline: string
  last_read_id: string
  version: number
  updated_at: number
}

export type MarkerTables = { marker: MarkerRow }

const Marker = z.object({ last_read_id: z.string(), version: z.number().int(), updated_at: z.string() })
/** https://docs.joinmastodon.org/entities/Marker/ by timeline */
export const Markers = z.object({ home: Marker.optional(), notifications: Marker.optional() })
type Timeline = 'home' | 'notifications'

/** The member's markers of the timelines that were asked for. */
export async function markersOf(app: App, account: AccountRow, timelines: readonly string[]) {
  const rows = await app.db.selectFrom('marker').selectAll().where('account_id', '=', account.id).execute()
  const asked = rows.filter((row) => timelines.includes(row.timeline))
  return Object.fromEntries(asked.map((row) => [row.timeline, present(row)])) as z.input<typeof Markers>
}

/** Moves a marker and counts its version; null when `expected` is given and somebody moved it meanwhile. */
export async function saveMarker(
  app: App,
  account: AccountRow,
  timeline: Timeline,
  lastReadId: string,
  expected?: number,
) {
  return app.inTransaction(async (tx) => {
    const known = await tx.db
      .selectFrom('marker')
      .selectAll()
      .where('account_id', '=', account.id)
      .where('timeline', '=', timeline)
      .executeTakeFirst()
    if (expected !== undefined && expected !== (known?.version ?? 0)) return null
    const kept = { last_read_id: lastReadId, version: (known?.version ?? 0) + 1, updated_at: tx.now() }
    const row: MarkerRow = { account_id: account.id, timeline, ...kept }
    await tx.db
      .insertInto('marker')
      .values(row)
      .onConflict((clash) => clash.columns(['account_id', 'timeline']).doUpdateSet(kept))
      .execute()
    return present(row)
  })
}

function present(row: MarkerRow): z.input<typeof Marker> {
  return { last_read_id: row.last_read_id, version: row.version, updated_at: isoTime(row.updated_at) }
}
