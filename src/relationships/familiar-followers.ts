import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountsByIds } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import { presentAccountsById } from '#accounts/present-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

/** How many accounts one request may ask about, and how many familiar faces each is told. */
const MOST_ASKED = 40
const MOST_TOLD = 40

type Pair = { target: number; follower: number }

const familiar = prepared<{ me: number; target: number; most: number }, Pair>(
  (_, { me, target, most }) => sql<Pair>`
    select theirs.target_id as target, theirs.account_id as follower
    from follow mine
    join follow theirs on theirs.account_id = mine.target_id and theirs.target_id = ${target}
    join account a on a.id = mine.target_id
    where mine.account_id = ${me} and a.hide_collections = 0 and a.suspended_at is null
    order by mine.id desc limit ${most}`,
)

/**
 * For each account, who of those the reader follows follows it. Whoever hides their network stays out of this on
 * both sides (PRIV-22).
 */
export async function familiarFollowers(
  app: App,
  reader: { domain: HostedDomain; account: AccountRow },
  ids: readonly number[],
): Promise<{ id: string; accounts: Account[] }[]> {
  const known = await accountsByIds(app, ids.slice(0, MOST_ASKED))
  const asked = [...new Set(ids)].flatMap((id) => known.get(id) ?? [])
  const pairs: Pair[] = []
  for (const account of asked) {
    if (account.hide_collections === 1 || account.suspended_at !== null) continue
    pairs.push(...(await familiar(app, { me: reader.account.id, target: account.id, most: MOST_TOLD })))
  }
  const shown = await presentAccountsById(
    app,
    reader,
    pairs.map((pair) => pair.follower),
  )
  return asked.map(({ id }) => ({
    id: String(id),
    accounts: pairs.flatMap(({ target, follower }) => (target === id ? (shown.get(follower) ?? []) : [])),
  }))
}
