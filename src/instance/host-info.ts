import { sql } from 'kysely'
import type { App } from '#app.ts'
import { DAY } from '#platform/times.ts'

/** How old what a server said of itself may grow, and how long what is not asked again is kept, in ms. */
const GOOD_FOR = 7 * DAY
const FORGOTTEN_AFTER = 60 * DAY

/** What another server runs, as far as it says so; empty where it did not. */
export type HostInfoRow = { host: string; software: string; version: string; asked_at: number }
export type HostInfoTables = { host_info: HostInfoRow }

/** What these hosts said, by host. */
export async function hostInfos(app: App, hosts: readonly string[]): Promise<Map<string, HostInfoRow>> {
  if (hosts.length === 0) return new Map()
  const rows = await app.db
    .selectFrom('host_info')
    .selectAll()
    .where(app.dialect.amongText(sql`host`, [...hosts]))
    .execute()
  return new Map(rows.map((row) => [row.host, row]))
}

/** Hosts that answered lately and were not asked for a week, a few at a time. */
export async function hostsToAsk(app: App, most: number): Promise<string[]> {
  const now = app.now()
  const { rows } = await sql<{ host: string }>`select lane.lane as host from lane
    left join host_info on host_info.host = lane.lane
    where lane.queue = 'deliver' and lane.last_ok > ${now - DAY}
      and (host_info.host is null or host_info.asked_at < ${now - GOOD_FOR})
    order by lane.lane limit ${most}`.execute(app.db)
  return rows.map((row) => row.host)
}

/** Keeps what a host said, or that it said nothing. */
export async function keepHostInfo(
  app: App,
  host: string,
  { software, version }: Pick<HostInfoRow, 'software' | 'version'>,
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const row = { host, software, version, asked_at: tx.now() }
    await tx.db
      .insertInto('host_info')
      .values(row)
      .onConflict((clash) => clash.column('host').doUpdateSet(row))
      .execute()
  })
}

/** Forgets hosts that nobody had to do with for two months. */
export async function forgetOldHosts(app: App): Promise<void> {
  await app.inTransaction((tx) =>
    tx.db
      .deleteFrom('host_info')
      .where('asked_at', '<', tx.now() - FORGOTTEN_AFTER)
      .execute(),
  )
}
