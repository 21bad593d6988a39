import { sql } from 'kysely'
import type { z } from 'zod'
import type { App, Reader } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Context, Status } from './entities.ts'
import { presentStatuses } from './present-status.ts'
import type { StatusRow } from './statuses.ts'
import { ancestorIds, descendantIds, memberBounds, strangerBounds } from './thread.ts'

/**
 * What a status answers and what answers it, as the reader sees them. Those hidden from the reader are left out,
 * and what answers them stays (surface l).
 */
export async function presentContext(
  app: App,
  reader: Reader,
  status: StatusRow,
): Promise<z.output<typeof Context>> {
  const bounds = reader.account ? memberBounds : strangerBounds
  const above = await ancestorIds(app, status, bounds)
  const below = await descendantIds(app, status, bounds)
  const shown = await presentStatuses(app, reader, [...above, ...below])
  const hidden = await hiddenAuthors(app, reader, shown)
  const kept = shown.filter((each) => !hidden.has(Number(each.account.id)))
  const upper = new Set(above.map(String))
  return {
    ancestors: kept.filter((each) => upper.has(each.id)),
    descendants: kept.filter((each) => !upper.has(each.id)),
  }
}

type HiddenAsk = { me: number; authors: readonly number[]; now: number }
const hiddenOnes = prepared<HiddenAsk, { id: number }>(
  (_db, { me, authors, now }, dialect) => sql<{ id: number }>`
    select a.id as id from account a
    where ${dialect.among(sql`a.id`, authors)} and a.id <> ${me} and (
      exists (select 1 from block b where b.account_id = ${me} and b.target_id = a.id)
      or exists (select 1 from mute m where m.account_id = ${me} and m.target_id = a.id
        and (m.expires_at is null or m.expires_at > ${now}))
      or (a.domain_id is null and exists (
        select 1 from account_domain_block d where d.account_id = ${me} and d.domain = a.host))
      or (a.silenced_at is not null and not exists (
        select 1 from follow f where f.account_id = ${me} and f.target_id = a.id)))`,
)

/** Authors whom the reader blocked, muted or whose server they blocked, and limited ones they do not follow. */
async function hiddenAuthors(app: App, reader: Reader, shown: Status[]): Promise<Set<number>> {
  const authors = [...new Set(shown.map((each) => Number(each.account.id)))]
  if (authors.length === 0) return new Set()
  const rows = await hiddenOnes(app, { me: reader.account?.id ?? 0, authors, now: app.now() })
  return new Set(rows.map((row) => row.id))
}
