import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

type Ask = { author: number; people: readonly number[]; members: readonly number[]; now: number }

const hidden = prepared<Ask, { id: number }>((db, { author, people, members, now }, dialect) =>
  db
    .selectFrom('block')
    .select('account_id as id')
    .where(dialect.among(sql`target_id`, people))
    .where(dialect.among(sql`account_id`, members))
    .unionAll(
      db
        .selectFrom('block')
        .select('target_id as id')
        .where('account_id', '=', author)
        .where(dialect.among(sql`target_id`, members)),
    )
    .unionAll(
      db
        .selectFrom('mute')
        .select('account_id as id')
        .where(dialect.among(sql`target_id`, people))
        .where(dialect.among(sql`account_id`, members))
        .where(sql<boolean>`(expires_at is null or expires_at > ${now})`),
    ),
)

/** What of a public status may be unwelcome. */
export type Unwelcome = { author: number; mentioned: readonly number[] }

/** Which of these members must not be shown a public status: they block or mute its author or anyone it mentions, or the author blocks them. */
export async function unwillingAmong(
  app: App,
  members: readonly number[],
  { author, mentioned }: Unwelcome,
): Promise<Set<number>> {
  if (members.length === 0) return new Set()
  const people = [author, ...mentioned]
  return new Set((await hidden(app, { author, people, members, now: app.now() })).map((row) => row.id))
}
