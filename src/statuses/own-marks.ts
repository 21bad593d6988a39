import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { MINUTE } from '#platform/times.ts'

/** Statuses an account pinned. */
export type StatusPinRow = { id: number; account_id: number; status_id: number; created_at: number }
/** A conversation that interrupts an account no more. */
export type ConversationMuteRow = { account_id: number; conversation_id: number; created_at: number }

export type OwnMarkTables = { status_pin: StatusPinRow; conversation_mute: ConversationMuteRow }

/** What a member pinned and which conversations they muted: few, and asked for with every page of statuses. */
export type OwnMarks = { pins: ReadonlySet<number>; mutes: ReadonlySet<number> }

const TOPIC = 'own marks changed'
const kept = keptBy(() => ({
  marks: new LRUCache<number, OwnMarks>({ max: 10_000, ttl: MINUTE, ttlResolution: 0 }),
  changes: 0,
  listening: false,
}))

const load = prepared<{ account: number }, { kind: string; id: number }>(
  (_db, { account }) => sql<{ kind: string; id: number }>`
    select 'pin' as kind, status_id as id from status_pin where account_id = ${account}
    union all select 'mute', conversation_id from conversation_mute where account_id = ${account}`,
)

/** What the account pinned and muted; remembered until it changes. */
export async function ownMarks(app: App, accountId: number): Promise<OwnMarks> {
  const memory = kept(app)
  if (!memory.listening) {
    memory.listening = true
    app.events.subscribe(TOPIC, (message) => {
      memory.changes++
      memory.marks.delete((message as { accountId: number }).accountId)
    })
  }
  const known = memory.marks.get(accountId)
  if (known) return known
  const { changes } = memory
  const rows = await load(app, { account: accountId })
  const of = (kind: string) => new Set(rows.filter((row) => row.kind === kind).map((row) => row.id))
  const marks = { pins: of('pin'), mutes: of('mute') }
  if (memory.changes === changes) memory.marks.set(accountId, marks)
  return marks
}

/** Says, after the caller's transaction, that an account pinned or muted something. */
export function ownMarksChanged(tx: App, accountId: number): void {
  tx.afterCommit(() => tx.events.publish(TOPIC, { accountId }))
}
