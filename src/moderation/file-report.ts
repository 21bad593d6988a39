import { randomUUID } from 'node:crypto'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { reported } from '#happenings.ts'
import { rulesOf } from '#instance/site.ts'
import { invalid, notFound } from '#platform/errors.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusesByIds } from '#statuses/statuses.ts'
import { maySee, standingTo } from '#statuses/visibility.ts'
import type { reportCategories } from './reports.ts'

const MOST_COMMENT = 1000
const MOST_NAMED = 100

export type ReportForm = {
  category: (typeof reportCategories)[number]
  comment: string
  statusIds: number[]
  collectionIds: number[]
  ruleIds: number[]
  /** Hosts that are to hear of it: the account's own, and those of people who were answered. */
  forwardTo: string[]
}

/**
 * Tells the staff of `domain` about an account. Throws `notFound` for posts that are not the account's or that the
 * reporter may not see, and `invalid` for rules there are none of.
 */
export async function fileReport(
  app: App,
  domain: HostedDomain,
  reporter: AccountRow,
  target: AccountRow,
  form: ReportForm,
): Promise<number> {
  if (target.suspended_at !== null) throw notFound()
  if ([...form.comment].length > MOST_COMMENT) {
    const description = `is too long (maximum is ${MOST_COMMENT} characters)`
    throw invalid(`Validation failed: Comment ${description}`, {
      comment: [{ error: 'ERR_TOO_LONG', description }],
    })
  }
  const statuses = await reportedStatuses(app, reporter, target, form.statusIds.slice(0, MOST_NAMED))
  const ruleIds = await knownRules(app, domain, form.ruleIds)
  const told = await answeredOn(app, target, statuses, form.forwardTo)
  return app.inTransaction(async (tx) => {
    const id = tx.newId()
    await tx.db
      .insertInto('report')
      .values({
        id,
        uri: `${domain.origin}/ap/reports/${randomUUID()}`,
        domain_id: domain.id,
        account_id: reporter.id,
        target_id: target.id,
        category: ruleIds.length > 0 ? 'violation' : form.category,
        comment: form.comment,
        status_ids: JSON.stringify(statuses.map((status) => status.id)),
        collection_ids: JSON.stringify(form.collectionIds.slice(0, MOST_NAMED)),
        rule_ids: JSON.stringify(ruleIds),
        forwarded: told.includes(target.id) ? 1 : 0,
        created_at: tx.now(),
        updated_at: tx.now(),
      })
      .execute()
    await tx.emit(reported, { reportId: id, tell: told })
    return id
  })
}

async function reportedStatuses(
  app: App,
  reporter: AccountRow,
  target: AccountRow,
  ids: number[],
): Promise<StatusRow[]> {
  const found = await statusesByIds(app, ids)
  const statuses = [...new Set(ids)].flatMap((id) => found.get(id) ?? [])
  const standing = await standingTo(app, reporter, statuses, [target])
  const all = statuses.filter((status) => status.account_id === target.id && maySee(standing, status))
  if (all.length < new Set(ids).size) throw notFound()
  return all
}

async function knownRules(app: App, domain: HostedDomain, ids: number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const rules = new Set((await rulesOf(app, domain.id)).map((rule) => rule.id))
  if (ids.every((id) => rules.has(id))) return [...new Set(ids)]
  throw invalid('Validation failed: Rules do not reference valid rules', {
    rule_ids: [{ error: 'ERR_INVALID', description: 'do not reference valid rules' }],
  })
}

/** The accounts elsewhere whose servers are told: the one reported, and those whom the posts answer. */
async function answeredOn(app: App, target: AccountRow, statuses: StatusRow[], hosts: string[]) {
  if (hosts.length === 0) return []
  const answered = await accountsByIds(
    app,
    statuses.flatMap((status) => status.in_reply_to_account_id ?? []),
  )
  const people = [target, ...answered.values()]
  const told = people.filter((one) => one.domain_id === null && hosts.includes(one.host))
  // One of each host is enough for its staff.
  return [...new Map(told.reverse().map((one) => [one.host, one.id])).values()]
}
