import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountByAcct } from '#accounts/accounts.ts'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import { hiddenFrom } from '#relationships/hidden-from.ts'
import { mayBeShown } from './may-be-shown.ts'

/** Why somebody is suggested, in the words of API 4.3 and of the time before. */
const reasons = {
  featured: 'staff',
  friends_of_friends: 'past_interactions',
  most_followed: 'global',
} as const
export type Source = keyof typeof reasons

/** https://docs.joinmastodon.org/entities/Suggestion/ */
export const Suggestion = z.object({
  source: z.enum(['staff', 'past_interactions', 'global']),
  sources: z.array(z.enum(['featured', 'friends_of_friends', 'most_followed'])),
  account: Account,
})
export type Suggestion = z.infer<typeof Suggestion>

/** How many of those one follows are asked whom they follow, and how many each names. */
const FRIENDS = 100
const NAMED_EACH = 100
const MOST_FOUND = 100

/**
 * Accounts the member may want to follow, best reason first: chosen by the keeper, followed by those they follow,
 * followed by many. Nobody whom they know, hide, or waved off; whoever hides their network names nobody (PRIV-22).
 */
export async function suggestions(
  app: App,
  domain: HostedDomain,
  account: AccountRow,
  { offset, limit }: { offset: number; limit: number },
): Promise<Suggestion[]> {
  const found = new Map<number, Source[]>()
  const add = (source: Source, ids: number[]) => {
    for (const id of ids) found.set(id, [...(found.get(id) ?? []), source])
  }
  add('featured', await featured(app, domain, account))
  add('friends_of_friends', await friendsOfFriends(app, account))
  add('most_followed', await mostFollowed(app, account))
  const chosen = [...found].slice(offset, offset + limit)
  const shown = await presentAccountsById(
    app,
    { domain, account },
    chosen.map(([id]) => id),
  )
  return chosen.flatMap(([id, sources]): Suggestion[] => {
    const one = shown.get(id)
    const [first] = sources
    return one && first ? [{ source: reasons[first], sources, account: one }] : []
  })
}

/** SQL: whether the account `a` is neither known to the member nor unwanted. */
const strange = (me: number): RawBuilder<boolean> => sql<boolean>`(a.id <> ${me}
  and not exists (select 1 from follow k where k.account_id = ${me} and k.target_id = a.id)
  and not exists (select 1 from follow_request k where k.account_id = ${me} and k.target_id = a.id)
  and not exists (select 1 from suggestion_dismissal k where k.account_id = ${me} and k.target_id = a.id)
  and not ${hiddenFrom(me, { id: sql`a.id`, host: sql`a.host` })})`

async function featured(app: App, domain: HostedDomain, account: AccountRow): Promise<number[]> {
  const { featured_accounts: handles } = await siteOf(app, domain.id)
  const ids: number[] = []
  for (const handle of handles) {
    const known = await accountByAcct(app, domain, handle)
    if (known) ids.push(known.id)
  }
  if (ids.length === 0) return []
  const found = await sql<{ id: number }>`
    select a.id as id from account a
    where ${app.dialect.among(sql`a.id`, ids)} and a.suspended_at is null and ${strange(account.id)}`.execute(
    app.db,
  )
  const wanted = new Set(found.rows.map((row) => row.id))
  return ids.filter((id) => wanted.has(id))
}

async function friendsOfFriends(app: App, account: AccountRow): Promise<number[]> {
  const friends = await sql<{ id: number }>`
    select f.target_id as id from follow f join account a on a.id = f.target_id
    where f.account_id = ${account.id} and a.hide_collections = 0
    order by f.id desc limit ${FRIENDS}`.execute(app.db)
  const ids = friends.rows.map((row) => row.id)
  if (ids.length === 0) return []
  const pick = sql`select id from follow p where p.account_id = item.value order by id desc limit ${NAMED_EACH}`
  const found = await sql<{ id: number }>`
    select a.id as id from (
      select follow.target_id as id, count(*) as friends
      from ${app.dialect.rowsOf(ids)} ${app.dialect.joinPicked('follow', pick)}
      group by follow.target_id) named
    join account a on a.id = named.id
    where ${mayBeShown} and ${strange(account.id)}
    order by named.friends desc, a.followers_count desc limit ${MOST_FOUND}`.execute(app.db)
  return found.rows.map((row) => row.id)
}

async function mostFollowed(app: App, account: AccountRow): Promise<number[]> {
  const found = await sql<{ id: number }>`
    select a.id as id from account a where ${mayBeShown} and ${strange(account.id)} and a.followers_count > 0
    order by a.followers_count desc, a.id desc limit ${MOST_FOUND}`.execute(app.db)
  return found.rows.map((row) => row.id)
}

/** Suggests the account to the member no more. */
export async function dismissSuggestion(app: App, account: AccountRow, targetId: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db
      .insertInto('suggestion_dismissal')
      .values({ account_id: account.id, target_id: targetId, created_at: tx.now() })
      .onConflict((clash) => clash.columns(['account_id', 'target_id']).doNothing())
      .execute()
  })
}
