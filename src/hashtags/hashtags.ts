import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import type { TagRow } from '#statuses/statuses.ts'

/** How many hashtags of one status are kept (SPAM-03). */
export const MOST_TAGS = 60

type NamedTag = { name: string; displayName: string }

const byNames = prepared<{ names: readonly string[] }, TagRow>((db, { names }, dialect) =>
  db.selectFrom('tag').selectAll().where(dialect.amongText(sql`name`, names)),
)

const addTags = prepared<{ statusId: number; ids: readonly number[] }, never>(
  (_db, { statusId, ids }, dialect) => sql<never>`insert into status_tag (tag_id, status_id)
    select item.value, ${statusId} from ${dialect.rowsOf(ids)}`,
)

/** The tag of this normal form, or undefined. */
export async function tagByName(app: App, name: string): Promise<TagRow | undefined> {
  return (await byNames(app, { names: [name] }))[0]
}

/** The tags of these normal forms that anybody used. */
export async function tagsByNames(app: App, names: readonly string[]): Promise<TagRow[]> {
  return names.length === 0 ? [] : byNames(app, { names: [...new Set(names)] })
}

/** Ids of these tags in the caller's transaction; unknown ones are made. */
export async function tagIds(tx: App, tags: readonly NamedTag[]): Promise<number[]> {
  const wanted = new Map(tags.slice(0, MOST_TAGS).map((tag) => [tag.name, tag]))
  if (wanted.size === 0) return []
  const known = await byNames(tx, { names: [...wanted.keys()] })
  const missing = [...wanted.values()].filter((tag) => !known.some((row) => row.name === tag.name))
  if (missing.length === 0) return known.map((row) => row.id)
  await tx.db
    .insertInto('tag')
    .values(
      missing.map((tag) => ({
        id: tx.newId(),
        name: tag.name,
        display_name: tag.displayName,
        created_at: tx.now(),
      })),
    )
    .onConflict((clash) => clash.column('name').doNothing())
    .execute()
  return (await byNames(tx, { names: [...wanted.keys()] })).map((row) => row.id)
}

/** Replaces the tags of a status, in the caller's transaction. */
export async function setStatusTags(tx: App, statusId: number, tags: readonly NamedTag[], isNew: boolean) {
  if (!isNew) await tx.db.deleteFrom('status_tag').where('status_id', '=', statusId).execute()
  const ids = await tagIds(tx, tags)
  if (ids.length === 0) return
  await addTags(tx, { statusId, ids })
}

/** Tags whose normal form begins with `prefix`, most used names first by age; at most `limit`. */
export async function tagsByPrefix(
  app: App,
  prefix: string,
  limit: number,
  offset: number,
): Promise<TagRow[]> {
  const end = `${prefix}\u{10ffff}`
  return app.db
    .selectFrom('tag')
    .selectAll()
    .where('name', '>=', prefix)
    .where('name', '<', end)
    .orderBy('name')
    .limit(limit)
    .offset(offset)
    .execute()
}
