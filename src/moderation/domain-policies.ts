import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { domainPolicySet } from '#happenings.ts'
import type { DomainPolicyRow, Severity } from '#instance/domain-policies.ts'
import { forgetPolicies, policyOf, severities } from '#instance/domain-policies.ts'
import { domainName } from '#platform/domain-name.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { tellSevered } from '#relationships/severances.ts'
import type { Severance } from './part-with-suspended.ts'
import { partWith } from './part-with-suspended.ts'

/** How many accounts are marked, or parted with, in one transaction. */
const BATCH = 200
export const LONGEST_COMMENT = 2000

/** What is decided about a server; what is left out is off, or empty. */
export type PolicyChoices = {
  severity?: Severity | undefined
  rejectMedia?: boolean | undefined
  rejectReports?: boolean | undefined
  obfuscate?: boolean | undefined
  privateComment?: string | undefined
  publicComment?: string | undefined
}

/** The name of another server, as it is stored; throws `invalid` for what is none, and for our own. */
export function readHost(app: App, text: string): string {
  const domain = domainName(text)
  if (domain === null) throw invalid('Validation failed: Domain is not a valid domain name')
  if (meansUs(app, domain)) throw invalid('Validation failed: Domain is this server')
  return domain
}

/** Whether a decision about a name would be one about a domain that is hosted here. */
export function meansUs(app: App, domain: string): boolean {
  const ours = app.domains.all().flatMap(({ name, web_host: web, alternates }) => [name, web, ...alternates])
  return ours.some((name) => name === domain || name.endsWith(`.${domain}`))
}

/** Decides about a server and all below it; it holds at once at the door, and for what is known of it soon after. */
export async function setDomainPolicy(
  app: App,
  text: string,
  choices: PolicyChoices,
): Promise<DomainPolicyRow> {
  const domain = readHost(app, text)
  for (const comment of [choices.privateComment, choices.publicComment])
    if ((comment?.length ?? 0) > LONGEST_COMMENT) throw invalid('Validation failed: Comment is too long')
  const row = await app.inTransaction((tx) => decide(tx, domain, choices))
  forgetPolicies(app)
  return row
}

/** Writes a decision within a transaction; who calls has `forgetPolicies` follow. */
export async function decide(tx: App, domain: string, choices: PolicyChoices): Promise<DomainPolicyRow> {
  const known = await tx.db
    .selectFrom('domain_policy')
    .selectAll()
    .where('domain', '=', domain)
    .executeTakeFirst()
  const next: DomainPolicyRow = {
    id: known?.id ?? tx.newId(),
    domain,
    severity: choices.severity ?? known?.severity ?? 'silence',
    reject_media: bit(choices.rejectMedia, known?.reject_media),
    reject_reports: bit(choices.rejectReports, known?.reject_reports),
    obfuscate: bit(choices.obfuscate, known?.obfuscate),
    private_comment: choices.privateComment ?? known?.private_comment ?? '',
    public_comment: choices.publicComment ?? known?.public_comment ?? '',
    created_at: known?.created_at ?? tx.now(),
    updated_at: tx.now(),
  }
  await tx.db
    .insertInto('domain_policy')
    .values(next)
    .onConflict((clash) => clash.column('domain').doUpdateSet(next))
    .execute()
  await tx.emit(domainPolicySet, { domain, markedAt: next.created_at })
  return next
}

const bit = (chosen: boolean | undefined, known = 0) => (chosen === undefined ? known : chosen ? 1 : 0)

/** Takes a decision back; what it marked is unmarked, but follows that ended stay ended. */
export async function dropDomainPolicy(app: App, row: DomainPolicyRow): Promise<void> {
  await app.inTransaction((tx) => undecide(tx, row))
  forgetPolicies(app)
}

/** Takes a decision back within a transaction; who calls has `forgetPolicies` follow. */
export async function undecide(tx: App, row: DomainPolicyRow): Promise<void> {
  await tx.db.deleteFrom('domain_policy').where('id', '=', row.id).execute()
  await tx.emit(domainPolicySet, { domain: row.domain, markedAt: row.created_at })
}

/** A decision by its id; throws `notFound`. */
export async function domainPolicyById(app: App, id: number | null): Promise<DomainPolicyRow> {
  const row = await app.db
    .selectFrom('domain_policy')
    .selectAll()
    .where('id', '=', id ?? -1)
    .executeTakeFirst()
  if (!row) throw notFound()
  return row
}

/**
 * Makes the accounts of a server what was decided about it, in batches: limited, suspended with their follows cut and
 * recorded, or free again. Only marks that a decision set are taken back: they bear its time.
 */
export const applyDomainPolicy = job({
  name: 'apply domain policy',
  queue: 'bulk',
  tries: 8,
  payload: z.object({ domain: z.string(), markedAt: z.number().int() }),
  async run(app, { domain, markedAt }) {
    forgetPolicies(app)
    const severance: Severance = { id: 0, kind: 'domain_block', name: domain }
    let after = 0
    for (;;) {
      const accounts = await accountsBelow(app, domain, after)
      if (accounts.length === 0) break
      after = accounts.at(-1)?.id ?? after
      for (const account of accounts) await apply(app, account, markedAt, severance)
    }
    if (severance.id !== 0) await app.inTransaction((tx) => tellSevered(tx, severance.id))
  },
})

async function accountsBelow(app: App, domain: string, after: number): Promise<AccountRow[]> {
  const found = await app.db
    .selectFrom('account')
    .select('id')
    .where('domain_id', 'is', null)
    .where('id', '>', after)
    .where((row) => row.or([row('host', '=', domain), row('host', 'like', `%.${domain}`)]))
    .orderBy('id')
    .limit(BATCH)
    .execute()
  const known = await accountsByIds(
    app,
    found.map(({ id }) => id),
  )
  return found.flatMap(({ id }) => known.get(id) ?? [])
}

async function apply(app: App, account: AccountRow, markedAt: number, severance: Severance) {
  const policy = await policyOf(app, account.host)
  const severity = policy?.severity ?? 'noop'
  const marks = {
    silenced_at: mark(account.silenced_at, severity === 'silence', policy?.created_at, markedAt),
    suspended_at: mark(account.suspended_at, severity === 'suspend', policy?.created_at, markedAt),
  }
  const isSame = marks.silenced_at === account.silenced_at && marks.suspended_at === account.suspended_at
  if (isSame && severity !== 'suspend') return
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('account').set(marks).where('id', '=', account.id).execute()
  })
  if (severity !== 'suspend') return
  while ((await app.inTransaction((tx) => partWith(tx, account, severance))) > 0);
}

/** Sets a mark, or takes one back that bears the time of the decision; marks of the staff stay. */
function mark(
  present: number | null,
  wanted: boolean,
  at: number | undefined,
  markedAt: number,
): number | null {
  if (wanted) return present ?? at ?? markedAt
  return present === markedAt ? null : present
}

/** The severities by rising strength. */
export const strengthOf = (severity: Severity): number => severities.indexOf(severity)
