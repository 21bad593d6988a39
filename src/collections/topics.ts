import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { TagRow } from '#statuses/statuses.ts'

const byIds = prepared<{ ids: readonly number[] }, TagRow>((db, { ids }, dialect) =>
  db.selectFrom('tag').selectAll().where(dialect.among(sql`id`, ids)),
)

/** The hashtags that collections are about, by id. */
export async function tagsByIds(app: App, ids: readonly number[]): Promise<Map<number, TagRow>> {
  if (ids.length === 0) return new Map()
  return new Map((await byIds(app, { ids })).map((row) => [row.id, row]))
}
