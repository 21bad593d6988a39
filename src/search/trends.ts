import { sql } from 'kysely'
import type { App } from '#app.ts'
import { tagHistories } from '#hashtags/tag-history.ts'
import { prepared } from '#platform/database/prepared.ts'
import { idAt, timeOfId } from '#platform/ids.ts'
import { DAY, HOUR } from '#platform/times.ts'
import { mayBeShown } from './may-be-shown.ts'

export type TrendKind = 'tag' | 'status' | 'link'

/** What is talked about lately; `score` is in thousandths, the larger the more so. */
export type TrendRow = { kind: TrendKind; subject_id: number; score: number; at: number }
export type TrendTables = { trend: TrendRow }

/** How many of the newest public statuses are looked at: enough for a day of a small server, little work for a large one. */
const LOOKED_AT = 5000
/** How many people must agree before something is a trend. */
const LEAST = 3
const MOST_KEPT = 50
/** How long it takes until something counts half, in ms (surface n). */
const HALF_LIFE = { tag: 4 * HOUR, link: 8 * HOUR, status: HOUR } as const

type Seen = { id: number; observed: number; newest: number }
type Bounds = { since: number; floor: number }

const floorOf = prepared<{ since: number }, { id: number }>(
  (_, { since }) => sql<{ id: number }>`
    select id from status where visibility = 'public' and reblog_of_id is null and id >= ${since}
    order by id desc limit 1 offset ${sql.raw(String(LOOKED_AT))}`,
)

/** Public statuses of those who wish to be found, as far back as is looked. */
const lately = ({ since, floor }: Bounds) => sql`status s join account a on a.id = s.account_id
  where s.id >= ${since} and s.id >= ${floor} and s.visibility = 'public' and s.reblog_of_id is null
    and s.sensitive = 0 and s.local_only = 0 and s.in_reply_to_id is null and s.in_reply_to_uri is null and ${mayBeShown}`

const seenTags = prepared<Bounds, Seen>(
  (_, bounds) => sql<Seen>`
    select t.tag_id as id, count(distinct r.account_id) as observed, max(r.id) as newest
    from (select s.id as id, s.account_id as account_id from ${lately(bounds)}) r
    join status_tag t on t.status_id = r.id
    group by t.tag_id having count(distinct r.account_id) >= ${sql.raw(String(LEAST))}
    order by observed desc limit 100`,
)
const seenLinks = prepared<Bounds, Seen>(
  (_, bounds) => sql<Seen>`
    select r.card_id as id, count(distinct r.account_id) as observed, max(r.id) as newest
    from (select s.id as id, s.account_id as account_id, s.card_id as card_id from ${lately(bounds)}
      and s.card_id is not null) r
    group by r.card_id having count(distinct r.account_id) >= ${sql.raw(String(LEAST))}
    order by observed desc limit 100`,
)
const seenStatuses = prepared<Bounds, Seen>(
  (_, bounds) => sql<Seen>`
    select s.id as id, s.reblogs_count + s.favourites_count as observed, s.id as newest from ${lately(bounds)}
      and s.reblogs_count + s.favourites_count >= ${sql.raw(String(LEAST))}
    order by observed desc limit 100`,
)
const askers = { tag: seenTags, link: seenLinks, status: seenStatuses }

/** Works out anew what is talked about, from the public statuses of the last day that this server saw. */
export async function computeTrends(app: App): Promise<void> {
  const since = idAt(app.now() - DAY)
  const floor = (await floorOf(app, { since }))[0]?.id ?? 0
  for (const kind of ['tag', 'link', 'status'] as const) {
    const seen = await askers[kind](app, { since, floor })
    const usual = kind === 'tag' ? await usualUse(app, seen) : new Map<number, number>()
    const rows = seen
      .map((each) => ({ kind, subject_id: each.id, score: scoreOf(app, kind, each, usual), at: app.now() }))
      .filter((row) => row.score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, MOST_KEPT)
    await app.inTransaction(async (tx) => {
      await tx.db.deleteFrom('trend').where('kind', '=', kind).execute()
      if (rows.length > 0) await tx.db.insertInto('trend').values(rows).execute()
    })
  }
}

/** How many people use each of these hashtags on a usual day. */
async function usualUse(app: App, seen: readonly Seen[]): Promise<Map<number, number>> {
  const histories = await tagHistories(
    app,
    seen.map((each) => each.id),
  )
  return new Map(
    [...histories].map(([id, [, ...before]]) => [
      id,
      before.reduce((sum, day) => sum + Number(day.accounts), 0) / Math.max(1, before.length),
    ]),
  )
}

/** (observed − expected)² ÷ expected, halved with every half-life since it was last seen; in thousandths. */
function scoreOf(
  app: App,
  kind: TrendKind,
  { id, observed, newest }: Seen,
  usual: Map<number, number>,
): number {
  const expected = Math.max(1, usual.get(id) ?? 1)
  if (observed <= expected) return 0
  const age = Math.max(0, app.now() - timeOf(app, newest))
  return Math.round(((observed - expected) ** 2 / expected) * 0.5 ** (age / HALF_LIFE[kind]) * 1000)
}

const timeOf = (app: App, id: number) => Math.min(app.now(), timeOfId(id))

/** A page of what trends, most first: subjects' ids. */
export async function trending(app: App, kind: TrendKind, limit: number, offset: number): Promise<number[]> {
  const rows = await app.db
    .selectFrom('trend')
    .select('subject_id')
    .where('kind', '=', kind)
    .orderBy('score', 'desc')
    .orderBy('subject_id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  return rows.map((row) => row.subject_id)
}
