import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { relationshipsSevered } from '#happenings.ts'
import { isoTime } from '#platform/times.ts'
import type { Ended } from './follow.ts'
import type { AccountSeveranceRow, SeveranceRow } from './relationships.ts'

export const severanceKinds = ['domain_block', 'user_domain_block', 'account_suspension'] as const
export type SeveranceKind = (typeof severanceKinds)[number]

/** https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/ */
export const RelationshipSeveranceEvent = z.object({
  id: z.string(),
  type: z.enum(severanceKinds),
  purged: z.boolean(),
  target_name: z.string(),
  followers_count: z.number().int(),
  following_count: z.number().int(),
  created_at: z.string(),
})
export type RelationshipSeveranceEvent = z.infer<typeof RelationshipSeveranceEvent>

/** Opens the record of follows that are about to be cut, in the caller's transaction; gives its id. */
export async function beginSeverance(tx: App, kind: SeveranceKind, targetName: string): Promise<number> {
  const id = tx.newId()
  await tx.db
    .insertInto('severance')
    .values({ id, kind, target_name: targetName, purged: 0, created_at: tx.now() })
    .execute()
  return id
}

/** Records follows of a member that were just cut, in the caller's transaction; requests that never stood are no loss. */
export async function recordSevered(
  tx: App,
  severanceId: number,
  account: Pick<AccountRow, 'id'>,
  ended: readonly Ended[],
): Promise<void> {
  const lost = ended.filter(({ stood }) => stood)
  if (lost.length === 0) return
  const rows = lost.map(({ row }) => ({
    id: tx.newId(),
    severance_id: severanceId,
    account_id: account.id,
    target_id: row.account_id === account.id ? row.target_id : row.account_id,
    was_follower: row.account_id === account.id ? 0 : 1,
    show_reblogs: row.show_reblogs,
    notify: row.notify,
    languages: row.languages,
    created_at: tx.now(),
  }))
  await tx.db.insertInto('severed_follow').values(rows).execute()
  const followers = rows.filter((row) => row.was_follower === 1).length
  const following = rows.length - followers
  await tx.db
    .insertInto('account_severance')
    .values({
      id: tx.newId(),
      severance_id: severanceId,
      account_id: account.id,
      followers_count: followers,
      following_count: following,
      created_at: tx.now(),
    })
    .onConflict((clash) =>
      clash.columns(['severance_id', 'account_id']).doUpdateSet({
        followers_count: sql<number>`account_severance.followers_count + ${followers}`,
        following_count: sql<number>`account_severance.following_count + ${following}`,
      }),
    )
    .execute()
}

/** Lets everyone know whom a severance cost something, in the caller's transaction; one that cost nothing is forgotten. */
export async function tellSevered(tx: App, severanceId: number): Promise<void> {
  const shares = await tx.db
    .selectFrom('account_severance')
    .select(['id', 'account_id'])
    .where('severance_id', '=', severanceId)
    .execute()
  if (shares.length === 0) await tx.db.deleteFrom('severance').where('id', '=', severanceId).execute()
  for (const share of shares)
    await tx.emit(relationshipsSevered, { accountId: share.account_id, accountSeveranceId: share.id })
}

/** What these severances (ids of `account_severance`, as notifications carry them) cost their members, by id. */
export async function presentSeverances(
  app: App,
  ids: readonly number[],
): Promise<Map<number, RelationshipSeveranceEvent>> {
  if (ids.length === 0) return new Map()
  const rows = await app.db
    .selectFrom('account_severance')
    .innerJoin('severance', 'severance.id', 'account_severance.severance_id')
    .selectAll('account_severance')
    .select(['severance.kind', 'severance.target_name', 'severance.purged'])
    .where(app.dialect.among(sql.ref('account_severance.id'), [...new Set(ids)]))
    .execute()
  return new Map(rows.map((row) => [row.id, shape(row)]))
}

type Share = AccountSeveranceRow & Pick<SeveranceRow, 'kind' | 'target_name' | 'purged'>

function shape(row: Share): RelationshipSeveranceEvent {
  return {
    id: String(row.id),
    type: row.kind as SeveranceKind,
    purged: row.purged === 1,
    target_name: row.target_name,
    followers_count: row.followers_count,
    following_count: row.following_count,
    created_at: isoTime(row.created_at),
  }
}
