import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { Span } from './written-query.ts'

type Ask = { tags: readonly number[]; above: number; below: number; most: number }

const query = (ascending: boolean) =>
  prepared<Ask, { id: number }>((_, { tags, above, below, most }, dialect) => {
    const order = sql.raw(ascending ? 'asc' : 'desc')
    // A page of each tag at most, so that one everybody uses costs no more than one nobody does.
    const newest = sql`select t.status_id as id from status_tag t
      where t.tag_id = item.value and t.status_id > ${above} and t.status_id < ${below}
      order by t.status_id ${order} limit ${most}`
    return sql<{ id: number }>`
      select distinct status.id as id from ${dialect.rowsOf(tags)} ${dialect.joinPicked('status', newest)}
      order by status.id ${order} limit ${most}`
  })
const upwards = query(true)
const downwards = query(false)

/**
 * Ids of statuses with any of these tags within the span, from the end that it says; fewer than the span's `most`
 * only when there are no more. Says nothing about who may see them.
 */
export async function taggedWith(app: App, tags: readonly number[], span: Span): Promise<number[]> {
  if (tags.length === 0) return []
  const { above, below, most } = span
  const rows = await (span.ascending ? upwards : downwards)(app, { tags, above, below, most })
  return rows.map((row) => row.id)
}
