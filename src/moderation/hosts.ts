import { sql } from 'kysely'
import type { App } from '#app.ts'
import { policyOf } from '#instance/domain-policies.ts'
import { hostInfos } from '#instance/host-info.ts'
import { notFound } from '#platform/errors.ts'
import { revive } from '#platform/jobs/revive.ts'
import type { LaneRow } from '#platform/jobs/tables.ts'

/** How another server fares with us: what it runs, what waits for it, when it last answered and failed. */
export type HostHealth = {
  host: string
  software: string
  version: string
  severity: string | null
  waiting: number
  state: LaneRow['state']
  fails: number
  lastAnswer: number | null
  lastFailure: number | null
  nextTry: number | null
}
export type HostCounts = { accounts: number; followers: number; following: number }

type Summed = {
  host: string
  waiting: number
  state: number
  fails: number
  last_ok: number | null
  last_fail: number | null
  open_until: number
}
export type HostSearch = { text?: string | undefined; isUnwell?: boolean | undefined }

/** Servers that were spoken with lately, by name: those that begin so, or those that do not answer. */
export async function listHosts(
  app: App,
  { text = '', isUnwell = false }: HostSearch,
  { limit, offset }: { limit: number; offset: number },
): Promise<HostHealth[]> {
  const from = text.trim().toLowerCase().slice(0, 253)
  const named = from === '' ? sql`` : sql`and lane >= ${from} and lane < ${`${from}\u{10ffff}`}`
  const unwell = isUnwell ? sql`having max(state) > 0` : sql``
  const { rows } = await sql<Summed>`select lane as host, sum(waiting) as waiting, max(state) as state,
      max(fails) as fails, max(last_ok) as last_ok, max(last_fail) as last_fail, max(open_until) as open_until
    from lane where queue in ('deliver', 'fetch') and lane <> '' ${named}
    group by lane ${unwell} order by lane limit ${limit} offset ${offset}`.execute(app.db)
  return healthOf(app, rows)
}

/** One server with the accounts known of it; throws `notFound` where nothing is known. */
export async function hostHealth(app: App, host: string): Promise<HostHealth & HostCounts> {
  const counts = await countsOf(app, host)
  const [found] = await listHosts(app, { text: host }, { limit: 1, offset: 0 })
  if (found?.host === host) return { ...found, ...counts }
  if (counts.accounts === 0) throw notFound()
  const blank = { host, waiting: 0, state: 0, fails: 0, last_ok: null, last_fail: null, open_until: 0 }
  const [health] = await healthOf(app, [blank])
  return { ...(health as HostHealth), ...counts }
}

/** Tries a server again at once, as if it had never failed. */
export async function retryHost(app: App, host: string): Promise<void> {
  await revive(app, host, { wholly: true })
}

async function healthOf(app: App, rows: readonly Summed[]): Promise<HostHealth[]> {
  const infos = await hostInfos(
    app,
    rows.map(({ host }) => host),
  )
  return Promise.all(
    rows.map(async ({ host, waiting, state, fails, last_ok, last_fail, open_until }) => {
      const info = infos.get(host)
      return {
        host,
        software: info?.software ?? '',
        version: info?.version ?? '',
        severity: (await policyOf(app, host))?.severity ?? null,
        waiting: Number(waiting),
        state: Number(state),
        fails: Number(fails),
        lastAnswer: last_ok === null ? null : Number(last_ok),
        lastFailure: last_fail === null ? null : Number(last_fail),
        nextTry: Number(open_until) > app.now() ? Number(open_until) : null,
      }
    }),
  )
}

async function countsOf(app: App, host: string): Promise<HostCounts> {
  const { rows } = await sql<HostCounts>`select
      (select count(*) from account where host = ${host} and domain_id is null) as accounts,
      (select count(*) from follow f join account a on a.id = f.account_id where a.host = ${host} and a.domain_id is null) as followers,
      (select count(*) from follow f join account a on a.id = f.target_id where a.host = ${host} and a.domain_id is null) as following`.execute(
    app.db,
  )
  const [{ accounts, followers, following } = { accounts: 0, followers: 0, following: 0 }] = rows
  return { accounts: Number(accounts), followers: Number(followers), following: Number(following) }
}
