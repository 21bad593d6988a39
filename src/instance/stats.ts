import { sql } from 'kysely'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { idAt } from '#platform/ids.ts'
import { DAY, HOUR } from '#platform/times.ts'

export type InstanceStats = {
  users: number
  statuses: number
  domains: number
  activeMonth: number
  activeHalfYear: number
}
const KEPT_MS = HOUR / 4
type Kept = Map<number, { at: number; stats: Promise<InstanceStats> }>
const kept = keptBy<Kept>(() => new Map())

/** Counts of a hosted domain for the instance document and NodeInfo; counted at most every 15 minutes. */
export function statsOf(app: App, domainId: number): Promise<InstanceStats> {
  const memory = kept(app)
  const known = memory.get(domainId)
  if (known && app.now() - known.at < KEPT_MS) return known.stats
  const stats = count(app, domainId)
  memory.set(domainId, { at: app.now(), stats })
  stats.catch(() => memory.delete(domainId))
  return stats
}

async function count(app: App, domainId: number): Promise<InstanceStats> {
  const one = async (query: ReturnType<typeof sql<{ n: number }>>) =>
    Number((await query.execute(app.db)).rows[0]?.n ?? 0)
  const active = (days: number) => {
    const since = idAt(app.now() - days * DAY)
    return one(sql<{ n: number }>`select count(*) as n from "user" u where u.domain_id = ${domainId}
      and (u.last_sign_in_at > ${app.now() - days * DAY} or exists (
        select 1 from status s where s.account_id = u.account_id and s.id > ${since}))`)
  }
  return {
    users: await one(
      sql<{
        n: number
      }>`select count(*) as n from "user" where domain_id = ${domainId} and approved_at is not null`,
    ),
    statuses: await one(
      sql<{
        n: number
      }>`select coalesce(sum(statuses_count), 0) as n from account where domain_id = ${domainId}`,
    ),
    domains: await one(
      sql<{ n: number }>`select count(distinct host) as n from account where domain_id is null`,
    ),
    activeMonth: await active(30),
    activeHalfYear: await active(180),
  }
}
