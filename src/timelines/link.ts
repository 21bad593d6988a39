import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { notFound } from '#platform/errors.ts'
import type { Page } from '#platform/paging.ts'
import { cardByUrl } from '#statuses/cards.ts'
import { seenBy } from './public.ts'

type Ask = { me: number; card: number; above: number; below: number; most: number }
const linking = (ascending: boolean) =>
  prepared<Ask, { id: number }>((_, { me, card, above, below, most }) => {
    const order = sql.raw(ascending ? 'asc' : 'desc')
    return sql<{ id: number }>`
      select s.id as id from status s join account a on a.id = s.account_id
      where s.card_id = ${card} and s.id > ${above} and s.id < ${below} and s.visibility = 'public'
        and s.reblog_of_id is null and a.discoverable = 1 and ${seenBy(me)}
      order by s.id ${order} limit ${most}`
  })
const newestFirst = linking(false)
const oldestFirst = linking(true)

/** Ids of a page of public statuses that link to a page which trends, newest first; throws `notFound` when it does not. */
export async function linkIds(
  app: App,
  viewer: AccountRow | null,
  url: string,
  page: Page,
): Promise<number[]> {
  const card = await cardByUrl(app, url)
  const trends =
    card &&
    (await app.db
      .selectFrom('trend')
      .select('subject_id')
      .where('kind', '=', 'link')
      .where('subject_id', '=', card.id)
      .executeTakeFirst())
  if (!card || !trends) throw notFound()
  const ascending = page.minId !== null
  const rows = await (ascending ? oldestFirst : newestFirst)(app, {
    me: viewer?.id ?? 0,
    card: card.id,
    above: Math.max(page.sinceId ?? 0, page.minId ?? 0),
    below: page.maxId ?? Number.MAX_SAFE_INTEGER,
    most: page.limit,
  })
  const ids = rows.map((row) => row.id)
  return ascending ? ids.reverse() : ids
}
