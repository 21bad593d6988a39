import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { FeaturedTag } from '#accounts/featured-tags.ts'
import { countFeaturedTags, featuredTagsOf, insertShownTag, shownTags } from '#accounts/featured-tags.ts'
import type { App, HostedDomain } from '#app.ts'
import { tagFeatured, tagUnfeatured } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { job } from '#platform/jobs/declare.ts'
import { isTagName, tagName } from '#platform/text/parse-text.ts'
import type { TagRow } from '#statuses/statuses.ts'
import { tagByName, tagIds } from './hashtags.ts'

const MOST_FEATURED = 10
/** How far back one looks for what somebody usually writes about. */
const MOST_LOOKED_AT = 1000
const MOST_SUGGESTED = 10

/**
 * Shows a hashtag on the member's profile. Throws `invalid` for what is no hashtag, one that is shown already, and
 * where there are ten.
 */
export async function featureTag(
  app: App,
  domain: HostedDomain,
  account: AccountRow,
  text: string,
): Promise<FeaturedTag> {
  const display = text.trim().replace(/^[#＃]/, '')
  if (display === '') throw invalid("Validation failed: Name can't be blank")
  if (!isTagName(display)) throw invalid('Validation failed: Tag is invalid')
  const tagId = await app.inTransaction(async (tx) => {
    const [id] = await tagIds(tx, [{ name: tagName(display), displayName: display }])
    if (id === undefined) throw invalid('Validation failed: Tag is invalid')
    const shown = await tx.db
      .selectFrom('featured_tag')
      .select('tag_id')
      .where('account_id', '=', account.id)
      .execute()
    if (shown.some((row) => row.tag_id === id))
      throw invalid('Validation failed: Hashtag has already been taken')
    if (shown.length >= MOST_FEATURED)
      throw invalid('Validation failed: You have already featured the maximum number of hashtags')
    await insertShownTag(tx, account.id, id, display)
    await countFeaturedTags(tx, account.id)
    await tx.emit(tagFeatured, { accountId: account.id, tag: tagName(display), name: display })
    return id
  })
  const row = await app.db
    .selectFrom('featured_tag')
    .select('id')
    .where('account_id', '=', account.id)
    .where('tag_id', '=', tagId)
    .executeTakeFirst()
  const found = (await featuredTagsOf(app, domain, account)).find((each) => each.id === String(row?.id))
  if (!found) throw notFound()
  return found
}

/** Shows a hashtag on the member's profile no longer; throws `notFound` for what is not on it. */
export async function unfeatureTag(
  app: App,
  account: AccountRow,
  which: { id: number } | { tagId: number },
): Promise<void> {
  await app.inTransaction(async (tx) => {
    const shown = await shownTags(tx, account.id)
    const row = shown.find((each) => ('id' in which ? each.id === which.id : each.tag_id === which.tagId))
    if (!row) throw notFound()
    await tx.db.deleteFrom('featured_tag').where('id', '=', row.id).execute()
    await tx.emit(tagUnfeatured, { accountId: account.id, tag: row.tag, name: row.name })
  })
}

/** Whether the member shows the hashtag of this normal form. */
export async function isFeatured(app: App, account: AccountRow, name: string): Promise<boolean> {
  const tag = await tagByName(app, name)
  if (!tag) return false
  const found = await app.db
    .selectFrom('featured_tag')
    .select('id')
    .where('account_id', '=', account.id)
    .where('tag_id', '=', tag.id)
    .executeTakeFirst()
  return found !== undefined
}

/** Hashtags that the member used most lately and does not show yet. */
export async function suggestFeaturedTags(app: App, account: AccountRow): Promise<TagRow[]> {
  const found = await sql<TagRow>`
    select tag.* from tag join (
      select t.tag_id as id, count(*) as uses
      from (select id from status where account_id = ${account.id} and reblog_of_id is null
        order by id desc limit ${MOST_LOOKED_AT}) recent
      join status_tag t on t.status_id = recent.id
      where not exists (
        select 1 from featured_tag f where f.account_id = ${account.id} and f.tag_id = t.tag_id)
      group by t.tag_id) used on used.id = tag.id
    order by used.uses desc, tag.id limit ${MOST_SUGGESTED}`.execute(app.db)
  return found.rows
}

const Id = z.number().int()
const Origin = z.enum(['here', 'elsewhere'])

async function recount(app: App, accountId: number): Promise<void> {
  const shows = await app.db
    .selectFrom('featured_tag')
    .select('id')
    .where('account_id', '=', accountId)
    .limit(1)
    .execute()
  if (shows.length > 0) await app.inTransaction((tx) => countFeaturedTags(tx, accountId))
}

const isByFeaturer = prepared<{ statusId: number }, { id: number }>(
  (_db, { statusId }) => sql<{
    id: number
  }>`select f.id from status s join featured_tag f on f.account_id = s.account_id
    where s.id = ${statusId} limit 1`,
)

/** Keeps the counts of a profile's hashtags true to what its owner wrote or changed. */
export const recountForStatus = job({
  name: 'recount featured tags of an author',
  queue: 'local',
  tries: 3,
  payload: z.object({ statusId: Id, origin: Origin }),
  concerns: async (tx, { statusId, origin }) =>
    origin === 'here' && (await isByFeaturer(tx, { statusId })).length > 0,
  async run(app, { statusId, origin }) {
    if (origin !== 'here') return
    const author = await app.db
      .selectFrom('status')
      .select('account_id')
      .where('id', '=', statusId)
      .executeTakeFirst()
    if (author) await recount(app, author.account_id)
  },
})

/** Keeps the counts of a profile's hashtags true to what its owner deleted. */
export const recountForAccount = job({
  name: 'recount featured tags of an account',
  queue: 'local',
  tries: 3,
  payload: z.object({ accountId: Id, origin: Origin }),
  concerns: (_tx, { origin }) => origin === 'here',
  async run(app, { accountId, origin }) {
    if (origin === 'here') await recount(app, accountId)
  },
})
