import type { Compilable, RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Page } from '#platform/paging.ts'
import { kinds, knownTypes, notificationTypes } from './kinds.ts'
import type { NotificationRow } from './notifications.ts'
import { readUpTo } from './notifications.ts'

/** Which of a member's notifications are asked for. */
export type Ask = {
  types?: readonly string[] | undefined
  excludeTypes?: readonly string[] | undefined
  fromAccountId?: number | null | undefined
  /** Also those that the policy holds back. */
  includeFiltered?: boolean | undefined
  /** A group is one, shown at its newest; only of these kinds when given. Without it every notification is one. */
  grouped?: readonly string[] | true | undefined
}

type Values = {
  account: number
  types: readonly string[]
  alone: readonly string[]
  from: number
  above: number
  below: number
  limit: number
}

/** What makes two asks need different SQL; the rest are values. */
type Shape = {
  ofTypes: boolean
  ofSender: boolean
  withFiltered: boolean
  groups: 'none' | 'all' | 'some'
  ascending: boolean
}

function picked(shape: Shape, values: Values, { db, dialect }: Pick<App, 'db' | 'dialect'>) {
  let query = db.selectFrom('notification').where('account_id', '=', values.account)
  // As literals, or the partial index of the groups would not be thought of.
  if (shape.groups === 'all') query = query.where(sql<boolean>`newest = 1`)
  if (!shape.withFiltered) query = query.where(sql<boolean>`filtered = 0`)
  if (shape.groups === 'some')
    query = query.where(sql<boolean>`(newest = 1 or ${dialect.amongText(sql`type`, values.alone)})`)
  if (shape.ofTypes) query = query.where(dialect.amongText(sql`type`, values.types))
  if (shape.ofSender) query = query.where('from_account_id', '=', values.from)
  return query
    .where('id', '>', values.above)
    .where('id', '<', values.below)
    .orderBy('id', shape.ascending ? 'asc' : 'desc')
    .limit(values.limit)
}

/** Queries by the shape of what is asked: there are few, and each is compiled once. */
function byShape<Row>(
  build: (shape: Shape, values: Values, on: Pick<App, 'db' | 'dialect'>) => Compilable<Row> | RawBuilder<Row>,
) {
  const kept = new Map<string, (app: Pick<App, 'db' | 'dialect'>, values: Values) => Promise<Row[]>>()
  return (shape: Shape) => {
    const key = JSON.stringify(shape)
    const query =
      kept.get(key) ?? prepared<Values, Row>((db, values, dialect) => build(shape, values, { db, dialect }))
    kept.set(key, query)
    return query
  }
}

const rowsQuery = byShape<NotificationRow>((shape, values, on) => picked(shape, values, on).selectAll())
const countQuery = byShape<{ n: number }>(
  (shape, values, on) =>
    sql<{ n: number }>`select count(*) as n from (${picked(shape, values, on).select('id')}) as found`,
)

/**
 * The member's notifications of a page, newest first: one walk along an index, however many there are. What can be
 * grouped and is not asked to be stands alone.
 */
export async function listNotifications(
  app: App,
  accountId: number,
  ask: Ask,
  page: Page,
): Promise<NotificationRow[]> {
  const { shape, values } = planOf(accountId, ask, page)
  if (values.types.length === 0) return []
  const rows = await rowsQuery(shape)(app, values)
  return shape.ascending ? rows.reverse() : rows
}

function planOf(accountId: number, ask: Ask, page: Page): { shape: Shape; values: Values } {
  const asked = ask.types && ask.types.length > 0 ? knownTypes(ask.types) : notificationTypes
  const types = asked.filter((type) => !ask.excludeTypes?.includes(type))
  const alone = ask.grouped ? notificationTypes.filter((type) => !isGrouped(type, ask.grouped)) : []
  const splits = alone.some((type) => 'grouped' in kinds[type] && types.includes(type))
  const ofSender = ask.fromAccountId !== null && ask.fromAccountId !== undefined
  const shape: Shape = {
    ofTypes: types.length < notificationTypes.length,
    ofSender,
    // Whoever looks at one sender's notifications looks behind the policy.
    withFiltered: ask.includeFiltered === true || ofSender,
    // The newest of a group may be by somebody else than the one who is asked about.
    groups: !ask.grouped || ofSender ? 'none' : splits ? 'some' : 'all',
    ascending: page.minId !== null,
  }
  const values = {
    account: accountId,
    types,
    alone,
    from: ask.fromAccountId ?? 0,
    above: Math.max(page.minId ?? 0, page.sinceId ?? 0),
    below: page.maxId ?? Number.MAX_SAFE_INTEGER,
    limit: page.limit,
  }
  return { shape, values }
}

/** Whether notifications of this kind are shown as groups, when groups of these kinds are wanted. */
export function isGrouped(type: string, wanted: Ask['grouped']): boolean {
  const known = knownTypes([type])[0]
  if (!wanted || !known || !('grouped' in kinds[known])) return false
  return wanted === true || wanted.includes(known)
}

/** How many of them, notifications or groups, are newer than the member's marker, at most `most`. */
export async function countUnread(app: App, accountId: number, ask: Ask, most: number): Promise<number> {
  const sinceId = await readUpTo(app, accountId)
  const { shape, values } = planOf(accountId, ask, { limit: most, maxId: null, sinceId, minId: null })
  if (values.types.length === 0) return 0
  return Number((await countQuery(shape)(app, values))[0]?.n ?? 0)
}
