import { sql } from 'kysely'
import type { App } from '#app.ts'
import { pageRows } from '#platform/database/page-rows.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Page } from '#platform/paging.ts'
import { idOfAlone } from './group-keys.ts'
import type { NotificationRow } from './notifications.ts'
import { notificationById } from './notifications.ts'

/** How many of a group's accounts are shown with it. */
const SAMPLES = 8

/** What a group holds besides the row that stands for it. */
export type GroupFacts = { count: number; newest: number; pageMin: number; samples: number[] }

type Measure = { id: number; count: number; newest: number; page_min: number }
type Reps = { reps: readonly number[]; low: number }

const measures = prepared<Reps, Measure>(
  (_db, { reps, low }, dialect) => sql<Measure>`
    select rep.id as id,
      (select count(*) from notification other
        where other.account_id = rep.account_id and other.group_key = rep.group_key) as count,
      (select max(other.id) from notification other
        where other.account_id = rep.account_id and other.group_key = rep.group_key) as newest,
      (select min(other.id) from notification other
        where other.account_id = rep.account_id and other.group_key = rep.group_key
          and other.id >= ${low}) as page_min
    from notification rep where ${dialect.among(sql`rep.id`, reps)}`,
)

const samples = prepared<{ reps: readonly number[] }, { rep: number; account: number }>(
  (_db, { reps }, dialect) => {
    const newest = sql`select other.id from notification other
      where other.account_id = rep.account_id and other.group_key = rep.group_key
      order by other.id desc limit ${sql.lit(SAMPLES)}`
    return sql<{ rep: number; account: number }>`
      select rep.id as rep, notification.from_account_id as account
      from ${dialect.rowsOf(reps)} join notification rep on rep.id = item.value
      ${dialect.joinPicked('notification', newest)}
      order by rep.id desc, notification.id desc`
  },
)

/**
 * Counts and sample accounts of the groups that these rows stand for, by row id, in two queries; `low` is the oldest
 * notification that the page covers.
 */
export async function groupFacts(
  app: App,
  rows: readonly NotificationRow[],
  low: number,
): Promise<Map<number, GroupFacts>> {
  if (rows.length === 0) return new Map()
  const reps = rows.map((row) => row.id)
  const measured = await measures(app, { reps, low })
  const found = new Map<number, GroupFacts>()
  for (const { id, count, newest, page_min } of measured) {
    found.set(id, { count: Number(count), newest, pageMin: page_min, samples: [] })
  }
  for (const { rep, account } of await samples(app, { reps })) {
    const facts = found.get(rep)
    if (facts && !facts.samples.includes(account)) facts.samples.push(account)
  }
  return found
}

/** The row that stands for the account's group of that key, or undefined. */
export async function groupByKey(app: App, accountId: number, key: string) {
  const alone = idOfAlone(key)
  if (alone !== null) return notificationById(app, accountId, alone)
  return app.db
    .selectFrom('notification')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('group_key', '=', key)
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

/** A page of the notifications of one group, newest first. */
export async function rowsOfGroup(app: App, accountId: number, key: string, page: Page) {
  const alone = idOfAlone(key)
  const own = app.db.selectFrom('notification').selectAll().where('account_id', '=', accountId)
  const query = alone !== null ? own.where('id', '=', alone) : own.where('group_key', '=', key)
  return pageRows<NotificationRow>(query, 'id', page)
}
