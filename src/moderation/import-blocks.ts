import { sql } from 'kysely'
import type { App } from '#app.ts'
import type { DomainPolicyRow } from '#instance/domain-policies.ts'
import { forgetPolicies, namesAbove } from '#instance/domain-policies.ts'
import type { BlockRow } from './block-csv.ts'
import { decide, strengthOf } from './domain-policies.ts'

/** How many servers are decided about in one transaction. */
const BATCH = 200

/** What a row would do beside what holds already; `same` and `weaker` change nothing. */
export type Change = 'new' | 'stricter' | 'same' | 'weaker'
/** A row with what would follow, and the follows to and from here that it would end. */
export type PlannedRow = BlockRow & { change: Change; followers: number; following: number }
export type Ties = { followers: number; following: number }

type Decision = Pick<BlockRow, 'domain' | 'severity' | 'rejectMedia' | 'rejectReports'>

/**
 * What rows of a list would change, in their order; nothing that holds already, also for a name above, is ever weakened.
 * With `keepOurs` what is decided about the very server is not made stricter either.
 */
export async function planBlocks(
  app: App,
  rows: readonly BlockRow[],
  { keepOurs = false } = {},
): Promise<PlannedRow[]> {
  const held = new Map((await everyPolicy(app)).map((row) => [row.domain, decisionOf(row)]))
  const ties = await tiesByName(app)
  const fromAbove = [...rows].sort((a, b) => depthOf(a.domain) - depthOf(b.domain))
  const planned = fromAbove.map((row) => {
    const over = nearest(held, row.domain)
    const change = changeOf(row, over)
    const wanted = { ...row, ...together(row, over) }
    const isTaken = change === 'new' || (change === 'stricter' && !keepOurs)
    if (isTaken) held.set(row.domain, wanted)
    const ends = isTaken && wanted.severity === 'suspend'
    const { followers, following } = (ends && ties.get(row.domain)) || { followers: 0, following: 0 }
    return { ...wanted, change, followers, following }
  })
  return planned.sort((a, b) => a.line - b.line)
}

/** Every decision there is. */
export const everyPolicy = (app: App): Promise<DomainPolicyRow[]> =>
  app.db.selectFrom('domain_policy').selectAll().execute()

const decisionOf = ({ domain, severity, reject_media, reject_reports }: DomainPolicyRow): Decision => ({
  domain,
  severity,
  rejectMedia: reject_media === 1,
  rejectReports: reject_reports === 1,
})

const depthOf = (domain: string) => domain.split('.').length

function nearest(held: ReadonlyMap<string, Decision>, domain: string): Decision | undefined {
  for (const name of namesAbove(domain)) {
    const found = held.get(name)
    if (found) return found
  }
  return undefined
}

function changeOf(row: Decision, over: Decision | undefined): Change {
  if (!over) return 'new'
  const isCovered =
    over.severity === 'suspend' ||
    (strengthOf(over.severity) >= strengthOf(row.severity) &&
      (over.rejectMedia || !row.rejectMedia) &&
      (over.rejectReports || !row.rejectReports))
  if (isCovered) return strengthOf(over.severity) > strengthOf(row.severity) ? 'weaker' : 'same'
  return over.domain === row.domain ? 'stricter' : 'new'
}

/** The nearest decision holds alone, so a new one below another says all that the other said. */
function together(row: Decision, over: Decision | undefined): Omit<Decision, 'domain'> {
  const isMilder = over !== undefined && strengthOf(over.severity) > strengthOf(row.severity)
  return {
    severity: isMilder ? over.severity : row.severity,
    rejectMedia: row.rejectMedia || over?.rejectMedia === true,
    rejectReports: row.rejectReports || over?.rejectReports === true,
  }
}

/** A row with what the nearest decision about a name above it demands besides. */
export function withAbove(row: BlockRow, held: ReadonlyMap<string, DomainPolicyRow>): BlockRow {
  const name = namesAbove(row.domain).find((each) => each !== row.domain && held.has(each))
  const over = held.get(name ?? '')
  return { ...row, ...together(row, over && decisionOf(over)) }
}

/** The follows between members and other servers, by each name that a decision could bear. */
export async function tiesByName(app: App): Promise<Map<string, Ties>> {
  const { rows } = await sql<{ host: string; followers: number; following: number }>`
    select host, sum(followers) as followers, sum(following) as following from (
      select a.host as host, count(*) as followers, 0 as following
        from follow f join account a on a.id = f.account_id where a.domain_id is null group by a.host
      union all
      select a.host as host, 0 as followers, count(*) as following
        from follow f join account a on a.id = f.target_id where a.domain_id is null group by a.host
    ) as tied group by host`.execute(app.db)
  const ties = new Map<string, Ties>()
  for (const row of rows) {
    for (const name of new Set(namesAbove(row.host))) {
      const { followers, following } = ties.get(name) ?? { followers: 0, following: 0 }
      ties.set(name, {
        followers: followers + Number(row.followers),
        following: following + Number(row.following),
      })
    }
  }
  return ties
}

/** Decides what planned rows say that change something; answers how many those were. */
export async function importBlocks(app: App, planned: readonly PlannedRow[]): Promise<number> {
  const changing = planned.filter(({ change }) => change === 'new' || change === 'stricter')
  for (let at = 0; at < changing.length; at += BATCH) {
    await app.inTransaction(async (tx) => {
      for (const row of changing.slice(at, at + BATCH)) await decideAs(tx, row)
    })
    forgetPolicies(app)
  }
  return changing.length
}

/** Decides in this transaction what a row says, but never less than what is decided about the server by now. */
export async function decideAs(tx: App, row: BlockRow): Promise<DomainPolicyRow> {
  const known = await tx.db
    .selectFrom('domain_policy')
    .selectAll()
    .where('domain', '=', row.domain)
    .executeTakeFirst()
  const wanted = together(row, known && decisionOf(known))
  return decide(tx, row.domain, {
    ...wanted,
    obfuscate: row.obfuscate || undefined,
    publicComment: known?.public_comment || row.publicComment,
  })
}
