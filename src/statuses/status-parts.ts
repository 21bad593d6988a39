import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { App, Tables } from '#app.ts'
import type { Dialect } from '#platform/database/dialect.ts'
import { prepared } from '#platform/database/prepared.ts'

/** Who is mentioned in a status, with what a handle needs. */
export type MentionedRow = {
  status_id: number
  id: number
  username: string
  host: string
  domain_id: number | null
  url: string | null
  uri: string
  silent: number
}
export type TaggedRow = { status_id: number; name: string; display_name: string }
export type ApplicationName = { id: number; name: string; website: string | null }
/** What the viewer did to a status. */
export type Mark = { kind: 'favourited' | 'reblogged' | 'bookmarked'; id: number }
type MarkAsk = { viewer: number; ids: readonly number[] }

const mentions = prepared<{ ids: readonly number[] }, MentionedRow>((db, { ids }, dialect) =>
  db
    .selectFrom('mention')
    .innerJoin('account', 'account.id', 'mention.account_id')
    .select([
      'mention.status_id',
      'mention.silent',
      'account.id',
      'account.username',
      'account.host',
      'account.domain_id',
      'account.url',
      'account.uri',
    ])
    .where(dialect.among(sql`mention.status_id`, ids)),
)
const tags = prepared<{ ids: readonly number[] }, TaggedRow>((db, { ids }, dialect) =>
  db
    .selectFrom('status_tag')
    .innerJoin('tag', 'tag.id', 'status_tag.tag_id')
    .select(['status_tag.status_id', 'tag.name', 'tag.display_name'])
    .where(dialect.among(sql`status_tag.status_id`, ids)),
)
const applications = prepared<{ ids: readonly number[] }, ApplicationName>((db, { ids }, dialect) =>
  db.selectFrom('application').select(['id', 'name', 'website']).where(dialect.among(sql`id`, ids)),
)

/** What the viewer did to these statuses, to be joined to other queries of this shape. */
export const marksQuery = (db: Kysely<Tables>, { viewer, ids }: MarkAsk, dialect: Dialect) =>
  db
    .selectFrom('favourite')
    .select([sql<string>`'favourited'`.as('kind'), 'status_id as id'])
    .where('account_id', '=', viewer)
    .where(dialect.among(sql`status_id`, ids))
    .unionAll(
      db
        .selectFrom('bookmark')
        .select([sql<string>`'bookmarked'`.as('kind'), 'status_id as id'])
        .where('account_id', '=', viewer)
        .where(dialect.among(sql`status_id`, ids)),
    )
    .unionAll(
      db
        .selectFrom('status')
        .select([sql<string>`'reblogged'`.as('kind'), sql<number>`reblog_of_id`.as('id')])
        .where('account_id', '=', viewer)
        .where(dialect.among(sql`reblog_of_id`, ids)),
    )

const marks: readonly string[] = ['favourited', 'reblogged', 'bookmarked'] satisfies Mark['kind'][]

/** Whether a row of such a query tells what the viewer did. */
export const isMark = (row: { kind: string; id: number }): row is Mark => marks.includes(row.kind)

/** Everyone mentioned in these statuses, the silent ones included. */
export const mentionsOf = (app: App, ids: readonly number[]) =>
  ids.length === 0 ? Promise.resolve([]) : mentions(app, { ids })
/** The tags of these statuses. */
export const tagsOf = (app: App, ids: readonly number[]) =>
  ids.length === 0 ? Promise.resolve([]) : tags(app, { ids })
/** The applications with these ids. */
export const applicationsOf = (app: App, ids: readonly number[]) =>
  ids.length === 0 ? Promise.resolve([]) : applications(app, { ids })
