import { sql } from 'kysely'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { HOUR } from '#platform/times.ts'

/** Servers named in one answer. */
const MOST_PEERS = 100_000
const MOST_SUGGESTED = 10
const kept = keptBy<{ at: number; hosts: Promise<string[]> | null }>(() => ({ at: 0, hosts: null }))

const all = prepared<{ most: number }, { host: string }>(
  (_, { most }) => sql<{ host: string }>`select distinct host from account
    where domain_id is null order by host limit ${most}`,
)
const beginning = prepared<{ from: string; to: string; most: number }, { host: string }>(
  (_, { from, to, most }) => sql<{ host: string }>`select distinct host from account
    where host >= ${from} and host < ${to} and domain_id is null order by host limit ${most}`,
)

/** The hosts of the accounts known here; looked up at most once an hour. */
export async function knownServers(app: App): Promise<string[]> {
  const memory = kept(app)
  if (!memory.hosts || app.now() - memory.at > HOUR) {
    memory.at = app.now()
    memory.hosts = all(app, { most: MOST_PEERS }).then((rows) => rows.map((row) => row.host))
    memory.hosts.catch(() => {
      memory.hosts = null
    })
  }
  return memory.hosts
}

/** Known hosts that begin so. */
export async function serversBeginning(app: App, text: string): Promise<string[]> {
  const from = text.trim().toLowerCase().slice(0, 253)
  if (from === '') return []
  const rows = await beginning(app, { from, to: `${from}\u{10ffff}`, most: MOST_SUGGESTED })
  return rows.map((row) => row.host)
}
