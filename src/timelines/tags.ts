import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { tagsByNames } from '#hashtags/hashtags.ts'
import type { Page } from '#platform/paging.ts'
import { tagName } from '#platform/text/parse-text.ts'
import { gather } from './gather.ts'
import type { PublicKind } from './public.ts'
import { seenBy } from './public.ts'
import { taggedWith } from './tagged-with.ts'

/** How many hashtags each of any, all and none may name (surface j). */
const MOST_EACH = 4

export type TagsAsk = {
  kind: PublicKind
  onlyMedia: boolean
  name: string
  any: readonly string[]
  all: readonly string[]
  none: readonly string[]
}

/**
 * Ids of a page of public statuses that carry the hashtag or `any` of the others, and `all` of these and `none` of
 * those; newest first.
 */
export async function tagsIds(
  app: App,
  viewer: AccountRow | null,
  ask: TagsAsk,
  page: Page,
): Promise<number[]> {
  const named = (names: readonly string[]) =>
    [...new Set(names.slice(0, MOST_EACH).map(tagName))].filter(Boolean)
  const wanted = { any: [tagName(ask.name), ...named(ask.any)], all: named(ask.all), none: named(ask.none) }
  const rows = await tagsByNames(app, Object.values(wanted).flat())
  const idsOf = (names: string[]) => rows.filter((row) => names.includes(row.name)).map((row) => row.id)
  const [any, all, none] = [idsOf(wanted.any), idsOf(wanted.all), idsOf(wanted.none)]
  // A hashtag nobody used is on no status.
  if (any.length === 0 || all.length < wanted.all.length) return []
  return gather(page, {
    find: (span) => taggedWith(app, any, span),
    judge: async (ids) => (await judge(app, viewer?.id ?? 0, ask, { ids, all, none }).execute(app.db)).rows,
  })
}

type Bounds = { ids: readonly number[]; all: number[]; none: number[] }

function judge(app: App, me: number, { kind, onlyMedia }: TagsAsk, { ids, all, none }: Bounds) {
  const carries = (condition: RawBuilder<unknown>) =>
    sql`exists (select 1 from status_tag t where t.status_id = s.id and ${condition})`
  const conditions = [
    sql`s.visibility = 'public'`,
    sql`s.reblog_of_id is null`,
    seenBy(me),
    ...(kind === 'all' ? [] : [kind === 'local' ? sql`s.domain_id is not null` : sql`s.domain_id is null`]),
    ...(onlyMedia ? [sql`exists (select 1 from media where media.status_id = s.id)`] : []),
    ...all.map((id) => carries(sql`t.tag_id = ${id}`)),
    ...none.map((id) => sql`not ${carries(sql`t.tag_id = ${id}`)}`),
  ]
  return sql<{ id: number }>`
    select s.id as id from ${app.dialect.rowsOf(ids)}
    join status s on s.id = item.value join account a on a.id = s.account_id
    where ${sql.join(conditions, sql` and `)}`
}
