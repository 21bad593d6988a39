import { sql } from 'kysely'
import { z } from 'zod'
import type { App, HostedDomain } from '#app.ts'
import { dayOf } from '#platform/times.ts'
import type { AccountRow, FeaturedTagRow } from './accounts.ts'

/** https://docs.joinmastodon.org/entities/FeaturedTag/ */
export const FeaturedTag = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  statuses_count: z.string(),
  last_status_at: z.string().nullable(),
})
export type FeaturedTag = z.infer<typeof FeaturedTag>

type Owner = Pick<AccountRow, 'id' | 'domain_id'>
type Named = FeaturedTagRow & { tag: string }

/** Rows of the hashtags an account shows on its profile, most used first, each with its normal form. */
export function shownTags(app: App, accountId: number): Promise<Named[]> {
  return app.db
    .selectFrom('featured_tag')
    .innerJoin('tag', 'tag.id', 'featured_tag.tag_id')
    .selectAll('featured_tag')
    .select('tag.name as tag')
    .where('featured_tag.account_id', '=', accountId)
    .orderBy('featured_tag.statuses_count', 'desc')
    .orderBy('featured_tag.id')
    .execute()
}

/** The hashtags an account shows on its profile, most used first. */
export async function featuredTagsOf(app: App, domain: HostedDomain, account: Owner): Promise<FeaturedTag[]> {
  const rows = await shownTags(app, account.id)
  const home = account.domain_id === null ? domain : (app.domains.byId(account.domain_id) ?? domain)
  return rows.map((row) => presentFeaturedTag(home, row))
}

/** One of them as clients see it. */
export function presentFeaturedTag(domain: HostedDomain, row: Named): FeaturedTag {
  return {
    id: String(row.id),
    name: row.name,
    url: `${domain.origin}/tags/${encodeURIComponent(row.tag)}`,
    // Mastodon counts these in text.
    statuses_count: String(row.statuses_count),
    last_status_at: row.last_status_at === null ? null : dayOf(row.last_status_at),
  }
}

/** Puts a hashtag on a profile, in the caller's transaction. */
export async function insertShownTag(
  tx: App,
  accountId: number,
  tagId: number,
  written: string,
): Promise<void> {
  const row = { account_id: accountId, tag_id: tagId, name: written, statuses_count: 0, created_at: tx.now() }
  await tx.db
    .insertInto('featured_tag')
    .values({ id: tx.newId(), ...row })
    .execute()
}

/** Counts anew how much of an account's public writing carries the hashtags it shows, in the caller's transaction. */
export async function countFeaturedTags(tx: App, accountId: number): Promise<void> {
  const rows = await tx.db
    .selectFrom('featured_tag')
    .select(['id', 'tag_id'])
    .where('account_id', '=', accountId)
    .execute()
  for (const { id, tag_id } of rows) {
    const counted = await sql<{ n: number; last: number | null }>`
      select count(*) as n, max(s.created_at) as last from status s
      where s.account_id = ${accountId} and s.reblog_of_id is null and s.visibility in ('public', 'unlisted')
        and exists (select 1 from status_tag t where t.tag_id = ${tag_id} and t.status_id = s.id)`.execute(
      tx.db,
    )
    const [found] = counted.rows
    await tx.db
      .updateTable('featured_tag')
      .set({ statuses_count: Number(found?.n ?? 0), last_status_at: found?.last ?? null })
      .where('id', '=', id)
      .execute()
  }
}
