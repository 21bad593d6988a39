import type { AccountRow } from '#accounts/accounts.ts'
import { countFeaturedTags, insertShownTag } from '#accounts/featured-tags.ts'
import type { App } from '#app.ts'
import { isTagName, tagName } from '#platform/text/parse-text.ts'
import { tagIds } from './hashtags.ts'

/** How many hashtags one profile elsewhere may show. */
const MOST_SHOWN = 20

/** Takes in which hashtags an account of another server shows: all it shows, or one more, or one less. */
export async function takeShownTags(
  app: App,
  account: AccountRow,
  change: 'all' | 'more' | 'less',
  names: readonly string[],
): Promise<void> {
  const written = new Map<string, string>()
  for (const each of names) {
    const display = each.trim().replace(/^[#＃]/, '')
    if (isTagName(display) && written.size < MOST_SHOWN) written.set(tagName(display), display)
  }
  await app.inTransaction(async (tx) => {
    const shown = await tx.db
      .selectFrom('featured_tag')
      .innerJoin('tag', 'tag.id', 'featured_tag.tag_id')
      .select(['featured_tag.id', 'tag.name'])
      .where('account_id', '=', account.id)
      .execute()
    const gone = shown.filter((row) =>
      change === 'all' ? !written.has(row.name) : change === 'less' && written.has(row.name),
    )
    for (const { id } of gone) await tx.db.deleteFrom('featured_tag').where('id', '=', id).execute()
    const fresh =
      change === 'less' ? [] : [...written].filter(([name]) => !shown.some((row) => row.name === name))
    const free = MOST_SHOWN - shown.length + gone.length
    for (const [name, display] of fresh.slice(0, Math.max(0, free))) await add(tx, account.id, name, display)
    await countFeaturedTags(tx, account.id)
  })
}

async function add(tx: App, accountId: number, name: string, display: string): Promise<void> {
  const [tagId] = await tagIds(tx, [{ name, displayName: display }])
  if (tagId === undefined) return
  await insertShownTag(tx, accountId, tagId, display)
}
