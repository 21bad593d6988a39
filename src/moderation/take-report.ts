import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { reported } from '#happenings.ts'
import { policyOf } from '#instance/domain-policies.ts'

const MOST_COMMENT = 1000
const MOST_NAMED = 100
/** How many reports of one server about one account may lie open at once; more say nothing new (SPAM-06). */
const MOST_OPEN = 3

export type ForeignReport = { uri: string; comment: string; uris: readonly string[] }

/**
 * A report that another server makes about one of ours, with those of the named posts that are theirs; it goes to the
 * staff of the account's own domain. Gives why nothing came of it, or undefined.
 */
export async function takeReport(
  app: App,
  reporter: AccountRow,
  given: ForeignReport,
): Promise<string | undefined> {
  if ((await policyOf(app, reporter.host))?.reject_reports === 1)
    return 'reports of that server are not taken'
  const uris = [...new Set(given.uris)].slice(0, MOST_NAMED)
  const posts = await app.db
    .selectFrom('status')
    .select(['id', 'account_id'])
    .where(app.dialect.amongText(sql`uri`, uris))
    .where('domain_id', 'is not', null)
    .execute()
  const named = await localAccounts(
    app,
    uris,
    posts.map((post) => post.account_id),
  )
  const [target] = named
  if (!target || named.length > 1 || target.domain_id === null) return 'not about one account of ours'
  if (await isEnough(app, reporter.host, target.id)) return 'enough reports of it lie open'
  const statusIds = posts.filter((post) => post.account_id === target.id).map(({ id }) => id)
  await app.inTransaction(async (tx) => {
    const id = tx.newId()
    const added = await tx.db
      .insertInto('report')
      .values({
        id,
        uri: given.uri,
        domain_id: target.domain_id as number,
        account_id: reporter.id,
        target_id: target.id,
        category: 'other',
        comment: [...given.comment].slice(0, MOST_COMMENT).join(''),
        status_ids: JSON.stringify(statusIds),
        collection_ids: '[]',
        rule_ids: '[]',
        forwarded: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
      })
      .onConflict((clash) => clash.doNothing())
      .executeTakeFirst()
    if (added.numInsertedOrUpdatedRows !== 0n) await tx.emit(reported, { reportId: id, tell: [] })
  })
  return undefined
}

type Named = { id: number; domain_id: number | null }

/** Accounts of ours that are named, themselves or by a post; two are enough to know that it is not one. */
async function localAccounts(app: App, uris: string[], authors: number[]): Promise<Named[]> {
  const byUri = app.dialect.amongText(sql`uri`, uris)
  const byPost = authors.length > 0 ? app.dialect.among(sql`id`, authors) : sql<boolean>`1 = 0`
  const found = await sql<Named>`select id, domain_id from account
    where domain_id is not null and suspended_at is null and (${byUri} or ${byPost}) limit 2`.execute(app.db)
  return found.rows
}

async function isEnough(app: App, host: string, targetId: number): Promise<boolean> {
  const { n } = await app.db
    .selectFrom('report')
    .innerJoin('account', 'account.id', 'report.account_id')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('report.target_id', '=', targetId)
    .where('report.action_taken_at', 'is', null)
    .where('account.host', '=', host)
    .executeTakeFirstOrThrow()
  return Number(n) >= MOST_OPEN
}
