import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { TagRow } from '#statuses/statuses.ts'
import type { Tag } from './present-tag.ts'
import { presentTags } from './present-tag.ts'

type Tie = { kind: string; id: number }

const ties = prepared<{ me: number; ids: readonly number[] }, Tie>(
  (_, { me, ids }, dialect) => sql<Tie>`
    select 'following' as kind, tag_id as id from tag_follow
      where account_id = ${me} and ${dialect.among(sql`tag_id`, ids)}
    union all select 'featuring', tag_id from featured_tag
      where account_id = ${me} and ${dialect.among(sql`tag_id`, ids)}`,
)

/** Hashtags as a member sees them: with whether they follow and feature each. Visitors get neither key. */
export async function presentTagsFor(
  app: App,
  domain: HostedDomain,
  viewer: Pick<AccountRow, 'id'> | null,
  rows: readonly TagRow[],
): Promise<Tag[]> {
  const tags = await presentTags(app, domain, rows)
  if (!viewer || rows.length === 0) return tags
  const found = await ties(app, { me: viewer.id, ids: rows.map((row) => row.id) })
  const has = (kind: string, id: string) => found.some((tie) => tie.kind === kind && String(tie.id) === id)
  return tags.map((tag) => ({
    ...tag,
    following: has('following', tag.id),
    featuring: has('featuring', tag.id),
  }))
}
