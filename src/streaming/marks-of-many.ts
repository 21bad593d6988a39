import { sql } from 'kysely'
import type { App } from '#app.ts'
import { filteredBy } from '#filters/filtered.ts'
import { filtersOfReaders } from '#filters/reader-filters.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Status } from '#statuses/entities.ts'
import { dependsOnFollows, quoteAnswerFor } from '#statuses/quote-policy.ts'
import type { StatusRow } from '#statuses/statuses.ts'

/** What of a shown status is one member's own: what they did to it, what they filter, whether they may quote it. */
export type Marks = Partial<Status>

type Done = { account_id: number; kind: string }

const doneByMany = prepared<{ id: number; conversation: number; viewers: readonly number[] }, Done>(
  (db, { id, conversation, viewers }, dialect) =>
    db
      .selectFrom('favourite')
      .select(['account_id', sql<string>`'favourited'`.as('kind')])
      .where('status_id', '=', id)
      .where(dialect.among(sql`account_id`, viewers))
      .unionAll(
        db
          .selectFrom('bookmark')
          .select(['account_id', sql<string>`'bookmarked'`.as('kind')])
          .where('status_id', '=', id)
          .where(dialect.among(sql`account_id`, viewers)),
      )
      .unionAll(
        db
          .selectFrom('status')
          .select(['account_id', sql<string>`'reblogged'`.as('kind')])
          .where('reblog_of_id', '=', id)
          .where(dialect.among(sql`account_id`, viewers)),
      )
      .unionAll(
        db
          .selectFrom('conversation_mute')
          .select(['account_id', sql<string>`'muted'`.as('kind')])
          .where('conversation_id', '=', conversation)
          .where(dialect.among(sql`account_id`, viewers)),
      ),
)

const followsOfMany = prepared<{ author: number; viewers: readonly number[] }, Done>(
  (db, { author, viewers }, dialect) =>
    db
      .selectFrom('follow')
      .select(['account_id', sql<string>`'follows'`.as('kind')])
      .where('target_id', '=', author)
      .where(dialect.among(sql`account_id`, viewers))
      .unionAll(
        db
          .selectFrom('follow')
          .select(['target_id as account_id', sql<string>`'followed'`.as('kind')])
          .where('account_id', '=', author)
          .where(dialect.among(sql`target_id`, viewers)),
      ),
)

const KINDS = ['favourited', 'reblogged', 'bookmarked', 'muted'] as const

/** The marks of each of these members on a status; `shown` is its shape, without a boost around it. */
export async function marksOfMany(
  app: App,
  row: StatusRow,
  shown: Status,
  viewers: readonly number[],
): Promise<Map<number, Marks>> {
  const ask = { id: row.id, conversation: row.conversation_id ?? 0, viewers }
  const follows = dependsOnFollows(row) ? await followsOfMany(app, { author: row.account_id, viewers }) : []
  const done = Map.groupBy([...(await doneByMany(app, ask)), ...follows], (each) => each.account_id)
  const filters = await filtersOfReaders(app, viewers)
  return new Map(
    viewers.map((id) => {
      const kinds = new Set((done.get(id) ?? []).map((each) => each.kind))
      const quoter = { id, isFollower: kinds.has('follows'), isFollowed: kinds.has('followed') }
      const reader = filters.get(id)
      const marks = {
        ...Object.fromEntries(KINDS.map((kind) => [kind, kinds.has(kind)])),
        filtered: reader ? filteredBy(app, reader, shown) : [],
        quote_approval: { ...shown.quote_approval, current_user: quoteAnswerFor(row, quoter) },
      }
      return [id, marks]
    }),
  )
}
