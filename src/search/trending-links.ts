import { sql } from 'kysely'
import { z } from 'zod'
import type { App, Reader } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { ID_EPOCH, idAt } from '#platform/ids.ts'
import { DAY } from '#platform/times.ts'
import { PreviewCard, presentCards } from '#statuses/present-card.ts'

const DAYS = 7
// Ids count time from a midnight, so that the day is a division.
const DAY_OF_IDS = sql.raw(String(idAt(ID_EPOCH + DAY)))

/** https://docs.joinmastodon.org/entities/PreviewCard/#trends-link */
export const TrendingLink = PreviewCard.extend({
  history: z.array(z.object({ day: z.string(), accounts: z.string(), uses: z.string() })),
})
export type TrendingLink = z.infer<typeof TrendingLink>

type Used = { card: number; day: number; uses: number; accounts: number }
const used = prepared<{ ids: readonly number[]; since: number }, Used>(
  (_, { ids, since }, dialect) => sql<Used>`
    select s.card_id as card, s.id / ${DAY_OF_IDS} as day, count(*) as uses,
      count(distinct s.account_id) as accounts
    from status s where ${dialect.among(sql`s.card_id`, ids)} and s.id >= ${since} and s.visibility = 'public'
    group by s.card_id, s.id / ${DAY_OF_IDS}`,
)

/** Cards in this order, each with how often its page was linked to on each of the last seven days (UTC), today first. */
export async function presentTrendingLinks(
  app: App,
  reader: Reader,
  ids: readonly number[],
): Promise<TrendingLink[]> {
  if (ids.length === 0) return []
  const cards = await presentCards(
    app,
    reader,
    ids.map((card_id) => ({ card_id })),
  )
  const today = Math.floor(app.now() / DAY) * DAY
  const rows = await used(app, { ids, since: idAt(today - (DAYS - 1) * DAY) })
  return ids.flatMap((id) => {
    const card = cards.get(id)
    if (!card) return []
    const history = Array.from({ length: DAYS }, (_, ago) => {
      const day = today - ago * DAY
      const row = rows.find((each) => each.card === id && each.day === (day - ID_EPOCH) / DAY)
      return { day: String(day / 1000), accounts: String(row?.accounts ?? 0), uses: String(row?.uses ?? 0) }
    })
    return [{ ...card, history }]
  })
}
