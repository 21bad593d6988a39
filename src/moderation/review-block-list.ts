import type { App } from '#app.ts'
import type { DomainPolicyRow } from '#instance/domain-policies.ts'
import { forgetPolicies } from '#instance/domain-policies.ts'
import { notFound } from '#platform/errors.ts'
import type { BlockRow } from './block-csv.ts'
import type { BlockListEntry, BlockListRow } from './block-lists.ts'
import { entriesOf, saysSame } from './block-lists.ts'
import { decide, meansUs, undecide } from './domain-policies.ts'
import type { Change, PlannedRow } from './import-blocks.ts'
import { decideAs, everyPolicy, planBlocks, tiesByName, withAbove } from './import-blocks.ts'

/** How many servers are decided about in one transaction. */
const BATCH = 200

/**
 * What the keeper's word would do: `changed` and `freed` touch what the list brought; `milder` and `ours` are decisions
 * made here, which no list touches.
 */
export type ListChange = Exclude<Change, 'stricter'> | 'changed' | 'freed' | 'milder' | 'ours'
/** What a list says that waits for the keeper's word, and the follows that would end. */
export type Reviewed = Omit<PlannedRow, 'change'> & { change: ListChange; entry: BlockListEntry }

/** What of a list waits for the keeper's word, and what that would do; changes nothing. */
export async function reviewBlockList(app: App, { id }: BlockListRow): Promise<Reviewed[]> {
  const waiting = (await entriesOf(app, id)).filter(({ state }) => state === 'draft')
  const drafts = waiting.filter(({ domain }) => !meansUs(app, domain))
  const held = new Map((await everyPolicy(app)).map((policy) => [policy.domain, policy]))
  const ties = await tiesByName(app)
  const fresh = drafts.filter(({ policy_id }) => policy_id === null)
  const planned = await planBlocks(app, fresh.map(rowOf), { keepOurs: true })
  const entries = new Map(drafts.map((entry) => [entry.domain, entry]))
  const reviewed = planned.map((row): Reviewed => {
    const change = row.change === 'stricter' ? 'milder' : row.change
    return { ...row, change, entry: entries.get(row.domain) as BlockListEntry }
  })
  for (const entry of drafts.filter(({ policy_id }) => policy_id !== null)) {
    const policy = held.get(entry.domain)
    const change = changeOf(entry, policy)
    const row = change === 'changed' ? withAbove(rowOf(entry), held) : rowOf(entry)
    const ends = change === 'changed' && row.severity === 'suspend' && policy?.severity !== 'suspend'
    const cost = (ends && ties.get(entry.domain)) || { followers: 0, following: 0 }
    reviewed.push({ ...row, change, ...cost, entry })
  }
  return reviewed.sort((a, b) => (a.domain < b.domain ? -1 : 1))
}

function changeOf(entry: BlockListEntry, policy: DomainPolicyRow | undefined): ListChange {
  if (!isOfList(entry, policy)) return 'ours'
  if (entry.is_gone) return 'freed'
  const fields = ['severity', 'reject_media', 'reject_reports', 'obfuscate', 'public_comment'] as const
  return fields.every((field) => entry[field] === policy[field]) ? 'same' : 'changed'
}

const isOfList = (entry: BlockListEntry, policy: DomainPolicyRow | undefined): policy is DomainPolicyRow =>
  policy !== undefined && policy.id === entry.policy_id && policy.updated_at === entry.policy_at

const rowOf = (entry: BlockListEntry, line = 0): BlockRow => ({
  line,
  domain: entry.domain,
  severity: entry.severity,
  rejectMedia: entry.reject_media === 1,
  rejectReports: entry.reject_reports === 1,
  obfuscate: entry.obfuscate === 1,
  publicComment: entry.public_comment,
})

/** Does what was reviewed, and remembers what came from the list; answers how many decisions were made and taken back. */
export async function applyBlockList(
  app: App,
  reviewed: readonly Reviewed[],
): Promise<{ decided: number; freed: number }> {
  const done = { decided: 0, freed: 0 }
  for (let at = 0; at < reviewed.length; at += BATCH) {
    await app.inTransaction(async (tx) => {
      for (const row of reviewed.slice(at, at + BATCH)) {
        const became = await applyRow(tx, row)
        if (became) done[became]++
      }
    })
    forgetPolicies(app)
  }
  return done
}

async function applyRow(tx: App, row: Reviewed): Promise<'decided' | 'freed' | null> {
  const { entry, change } = row
  if (!(await isAsReviewed(tx, entry))) return null
  const known = await policyNow(tx, entry.domain)
  if (change === 'new') {
    if (known) return null
    await remember(tx, entry, await decideAs(tx, row))
    return 'decided'
  }
  if (entry.policy_id === null) return null
  if (!isOfList(entry, known)) {
    if (entry.is_gone) await forget(tx, entry)
    else await say(tx, entry, 'applied')
    return null
  }
  if (change === 'freed') {
    await undecide(tx, known)
    await forget(tx, entry)
    return 'freed'
  }
  if (change === 'changed') {
    await remember(tx, entry, await decide(tx, entry.domain, row))
    return 'decided'
  }
  await say(tx, entry, 'applied')
  return null
}

/** What was fetched anew since waits for a word of its own. */
async function isAsReviewed(tx: App, entry: BlockListEntry): Promise<boolean> {
  const present = await tx.db
    .selectFrom('block_list_row')
    .selectAll()
    .where('list_id', '=', entry.list_id)
    .where('domain', '=', entry.domain)
    .executeTakeFirst()
  return present?.state === 'draft' && saysSame(present, entry)
}

const policyNow = (tx: App, domain: string): Promise<DomainPolicyRow | undefined> =>
  tx.db.selectFrom('domain_policy').selectAll().where('domain', '=', domain).executeTakeFirst()

async function remember(tx: App, { list_id, domain }: BlockListEntry, policy: DomainPolicyRow) {
  await tx.db
    .updateTable('block_list_row')
    .set({ state: 'applied', policy_id: policy.id, policy_at: policy.updated_at })
    .where('list_id', '=', list_id)
    .where('domain', '=', domain)
    .execute()
}

async function say(tx: App, { list_id, domain }: BlockListEntry, state: BlockListEntry['state']) {
  await tx.db
    .updateTable('block_list_row')
    .set({ state })
    .where('list_id', '=', list_id)
    .where('domain', '=', domain)
    .execute()
}

async function forget(tx: App, { list_id, domain }: BlockListEntry) {
  await tx.db
    .deleteFrom('block_list_row')
    .where('list_id', '=', list_id)
    .where('domain', '=', domain)
    .execute()
}

/** Leaves what a list says about a server undone until the list says something else; throws `notFound`. */
export async function declineBlock(app: App, { id }: BlockListRow, domain: string): Promise<void> {
  const entry = (await entriesOf(app, id)).find((each) => each.domain === domain && each.state === 'draft')
  if (!entry) throw notFound(`Nothing about ${domain} waits in this list`)
  await app.inTransaction((tx) => say(tx, entry, 'declined'))
}

/** The decisions that a list brought: those that are still as it brought them, and those changed by hand since. */
export async function broughtBy(
  app: App,
  { id }: BlockListRow,
): Promise<{ asBrought: DomainPolicyRow[]; changed: DomainPolicyRow[] }> {
  const entries = new Map((await entriesOf(app, id)).map((entry) => [entry.policy_id, entry]))
  const policies = (await everyPolicy(app)).filter((policy) => entries.has(policy.id))
  const isAsBrought = (policy: DomainPolicyRow) => {
    const entry = entries.get(policy.id)
    return entry !== undefined && isOfList(entry, policy)
  }
  return {
    asBrought: policies.filter(isAsBrought),
    changed: policies.filter((policy) => !isAsBrought(policy)),
  }
}

/** Takes back what a list brought and nobody changed since, and ends the subscription; answers how many were freed. */
export async function retractBlockList(app: App, list: BlockListRow): Promise<number> {
  const { asBrought } = await broughtBy(app, list)
  let freed = 0
  for (let at = 0; at < asBrought.length; at += BATCH) {
    await app.inTransaction(async (tx) => {
      for (const policy of asBrought.slice(at, at + BATCH)) {
        const now = await policyNow(tx, policy.domain)
        if (now?.id !== policy.id || now.updated_at !== policy.updated_at) continue
        await undecide(tx, now)
        freed++
      }
    })
    forgetPolicies(app)
  }
  await app.inTransaction(async (tx) => {
    await tx.db.deleteFrom('block_list_row').where('list_id', '=', list.id).execute()
    await tx.db.deleteFrom('block_list').where('id', '=', list.id).execute()
  })
  return freed
}
