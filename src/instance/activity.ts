import { sql } from 'kysely'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { idAt } from '#platform/ids.ts'
import { DAY, HOUR } from '#platform/times.ts'

export type Week = { week: string; statuses: string; logins: string; registrations: string }

const WEEKS = 12
/** The epoch began on a Thursday; weeks begin on Monday. */
const FIRST_MONDAY = 4 * DAY
type Kept = Map<number, { at: number; weeks: Promise<Week[]> }>
const kept = keptBy<Kept>(() => new Map())

/**
 * What happened here in each of the last twelve weeks, newest first: public posts, members who posted publicly or
 * signed in last then, and sign-ups. Counted at most once an hour.
 */
export function activityOf(app: App, domainId: number): Promise<Week[]> {
  const memory = kept(app)
  const known = memory.get(domainId)
  if (known && app.now() - known.at < HOUR) return known.weeks
  const weeks = count(app, domainId)
  memory.set(domainId, { at: app.now(), weeks })
  weeks.catch(() => memory.delete(domainId))
  return weeks
}

async function count(app: App, domainId: number): Promise<Week[]> {
  const monday = app.now() - ((app.now() - FIRST_MONDAY) % (7 * DAY))
  const weeks: Week[] = []
  for (let n = 0; n < WEEKS; n++) weeks.push(await oneWeek(app, domainId, monday - n * 7 * DAY))
  return weeks
}

type Counted = { statuses: number; logins: number; registrations: number }

async function oneWeek(app: App, domain: number, from: number): Promise<Week> {
  const to = from + 7 * DAY
  const posted = sql`from status where domain_id = ${domain} and visibility = 'public' and reblog_of_id is null
    and id >= ${idAt(from)} and id < ${idAt(to)}`
  const found = await sql<Counted>`select
    (select count(*) ${posted}) as statuses,
    (select count(*) from (select account_id ${posted} union
      select account_id from "user" where domain_id = ${domain}
        and last_sign_in_at >= ${from} and last_sign_in_at < ${to}) as active) as logins,
    (select count(*) from "user" where domain_id = ${domain} and approved_at is not null
      and created_at >= ${from} and created_at < ${to}) as registrations`.execute(app.db)
  const { statuses = 0, logins = 0, registrations = 0 } = found.rows[0] ?? {}
  return {
    week: String(from / 1000),
    statuses: String(statuses),
    logins: String(logins),
    registrations: String(registrations),
  }
}
