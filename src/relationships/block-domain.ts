import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById, accountsByIds } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { domainBlocked } from '#happenings.ts'
import { domainName } from '#platform/domain-name.ts'
import { invalid } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { severFollows } from './follow.ts'
import { hostBlockExists } from './relationships.ts'
import { beginSeverance, recordSevered, tellSevered } from './severances.ts'

/** How many accounts of the host are parted with in one transaction. */
const BATCH = 50

/** The host that somebody means, as it is stored; throws `invalid` for what is no host. */
export function readDomain(text: string): string {
  const domain = domainName(text)
  if (domain !== null) return domain
  throw invalid('Validation failed: Domain is not a valid domain name', {
    domain: [{ error: 'ERR_INVALID', description: 'is not a valid domain name' }],
  })
}

/** Wants nothing more of a host: it is hidden at once, and all follows to and from it end soon after. */
export async function blockDomain(app: App, account: AccountRow, text: string): Promise<void> {
  const domain = readDomain(text)
  if (app.domains.isOurs(domain)) throw invalid('Validation failed: Domain is this server')
  await app.inTransaction(async (tx) => {
    const added = await tx.db
      .insertInto('account_domain_block')
      .values({ id: tx.newId(), account_id: account.id, domain, created_at: tx.now() })
      .onConflict((clash) => clash.columns(['account_id', 'domain']).doNothing())
      .executeTakeFirst()
    if (added.numInsertedOrUpdatedRows === 0n) return
    const severanceId = await beginSeverance(tx, 'user_domain_block', domain)
    await tx.emit(domainBlocked, { accountId: account.id, domain, severanceId })
  })
}

/** Takes a host block back; ended follows stay ended. */
export async function unblockDomain(app: App, account: AccountRow, text: string): Promise<void> {
  const domain = readDomain(text)
  await app.inTransaction(async (tx) => {
    await tx.db
      .deleteFrom('account_domain_block')
      .where('account_id', '=', account.id)
      .where('domain', '=', domain)
      .execute()
  })
}

/** How many follows of the member a block of the host would end. */
export async function previewDomainBlock(app: App, account: AccountRow, text: string) {
  const domain = readDomain(text)
  const count = async (mine: 'account_id' | 'target_id', theirs: 'account_id' | 'target_id') => {
    const { n } = await app.db
      .selectFrom('follow')
      .innerJoin('account', 'account.id', `follow.${theirs}`)
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where(`follow.${mine}`, '=', account.id)
      .where('account.host', '=', domain)
      .executeTakeFirstOrThrow()
    return Number(n)
  }
  return {
    following_count: await count('account_id', 'target_id'),
    followers_count: await count('target_id', 'account_id'),
  }
}

/** Ends what tied a member to a host they blocked, tells the other side, and tells the member what it cost. */
export const partWithDomain = job({
  name: 'part with domain',
  queue: 'local',
  tries: 8,
  payload: z.object({ accountId: z.number().int(), domain: z.string(), severanceId: z.number().int() }),
  async run(app, { accountId, domain, severanceId }) {
    const account = await accountById(app, accountId)
    if (!account) return
    // Whoever took the block back before its turn came keeps what there is left.
    while (await hostBlockExists(app, accountId, domain)) {
      const tied = await tiedTo(app, accountId, domain)
      if (tied.length === 0) break
      await app.inTransaction(async (tx) => {
        for (const other of (await accountsByIds(tx, tied)).values()) {
          await recordSevered(tx, severanceId, account, await severFollows(tx, account, other, 'here'))
        }
      })
    }
    await forgetNotifications(app, accountId, domain)
    await app.inTransaction((tx) => tellSevered(tx, severanceId))
  },
})

async function tiedTo(app: App, accountId: number, domain: string): Promise<number[]> {
  const tie = (table: string, mine: string, theirs: string) => sql`
    select t.${sql.ref(theirs)} as id from ${sql.table(table)} t
    where t.${sql.ref(mine)} = ${accountId}
      and exists (select 1 from account a where a.id = t.${sql.ref(theirs)} and a.host = ${domain})`
  const found = await sql<{ id: number }>`select id from (
    ${tie('follow', 'account_id', 'target_id')} union ${tie('follow', 'target_id', 'account_id')}
    union ${tie('follow_request', 'account_id', 'target_id')}
    union ${tie('follow_request', 'target_id', 'account_id')}) as tied limit ${BATCH}`.execute(app.db)
  return found.rows.map((row) => row.id)
}

async function forgetNotifications(app: App, accountId: number, domain: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    await sql`delete from notification where account_id = ${accountId} and exists (
      select 1 from account a where a.id = notification.from_account_id and a.host = ${domain})`.execute(
      tx.db,
    )
  })
}
