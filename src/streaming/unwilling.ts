import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'

type Ask = {
  author: number
  host: string
  people: readonly number[]
  members: readonly number[]
  now: number
}

const hidden = prepared<Ask, { id: number }>((db, { author, host, people, members, now }, dialect) =>
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
    )
    .unionAll(
      db
        .selectFrom('account_domain_block')
        .select('account_id as id')
        .where('domain', '=', host)
        .where(dialect.among(sql`account_id`, members)),
    ),
)

/** What of a public status may be unwelcome. */
export type Unwelcome = { author: Pick<AccountRow, 'id' | 'host'>; mentioned: readonly number[] }

/** Which of these members must not be shown a public status: they block or mute its author or anyone it mentions, block its author's server, or the author blocks them. */
export async function unwillingAmong(
  app: App,
  members: readonly number[],
  { author, mentioned }: Unwelcome,
): Promise<Set<number>> {
  if (members.length === 0) return new Set()
  const people = [author.id, ...mentioned]
  const ask = { author: author.id, host: author.host, people, members, now: app.now() }
  return new Set((await hidden(app, ask)).map((row) => row.id))
}
