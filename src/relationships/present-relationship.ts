import { sql } from 'kysely'
import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import { onBlockedHost } from './hidden-from.ts'

/** https://docs.joinmastodon.org/entities/Relationship/ */
export const Relationship = z.object({
  id: z.string(),
  following: z.boolean(),
  showing_reblogs: z.boolean(),
  notifying: z.boolean(),
  languages: z.array(z.string()).nullable(),
  followed_by: z.boolean(),
  blocking: z.boolean(),
  blocked_by: z.boolean(),
  muting: z.boolean(),
  muting_notifications: z.boolean(),
  muting_expires_at: z.string().nullable(),
  requested: z.boolean(),
  requested_by: z.boolean(),
  domain_blocking: z.boolean(),
  endorsed: z.boolean(),
  note: z.string(),
})
export type Relationship = z.infer<typeof Relationship>

/** What the account is to each of these others, in order: one query a kind. */
export async function presentRelationships(
  app: App,
  account: Pick<AccountRow, 'id'>,
  ids: readonly number[],
): Promise<Relationship[]> {
  if (ids.length === 0) return []
  const among = (column: string) => app.dialect.among(sql.ref(column), ids)
  const mine = (table: 'follow' | 'follow_request') =>
    app.db
      .selectFrom(table)
      .selectAll()
      .where('account_id', '=', account.id)
      .where(among('target_id'))
      .execute()
  const theirs = async (table: 'follow' | 'follow_request' | 'block') => {
    const rows = await app.db
      .selectFrom(table)
      .select('account_id')
      .where('target_id', '=', account.id)
      .where(among('account_id'))
      .execute()
    return new Set(rows.map((row) => row.account_id))
  }
  const follows = new Map((await mine('follow')).map((row) => [row.target_id, row]))
  const requests = new Map((await mine('follow_request')).map((row) => [row.target_id, row]))
  const [followers, asking, blockers] = [
    await theirs('follow'),
    await theirs('follow_request'),
    await theirs('block'),
  ]
  const blocking = await app.db
    .selectFrom('block')
    .select('target_id')
    .where('account_id', '=', account.id)
    .where(among('target_id'))
    .execute()
  const blocks = new Set(blocking.map((row) => row.target_id))
  const mutes = await mutesAmong(app, account.id, ids)
  const kept = await keptAbout(app, account.id, ids)
  return ids.map((id) => {
    const follow = follows.get(id)
    const request = requests.get(id)
    const mute = mutes.get(id)
    const standing = follow ?? request
    return {
      id: String(id),
      following: follow !== undefined,
      showing_reblogs: standing?.show_reblogs === 1,
      notifying: standing?.notify === 1,
      languages: standing?.languages ? (JSON.parse(standing.languages) as string[]) : null,
      followed_by: followers.has(id),
      blocking: blocks.has(id),
      blocked_by: blockers.has(id),
      muting: mute !== undefined,
      muting_notifications: mute?.hide_notifications === 1,
      muting_expires_at: isoTimeOrNull(mute?.expires_at ?? null),
      requested: request !== undefined,
      requested_by: asking.has(id),
      domain_blocking: kept.has(`host ${id}`),
      endorsed: kept.has(`endorsed ${id}`),
      note: kept.get(`note ${id}`) ?? '',
    }
  })
}

async function mutesAmong(app: App, accountId: number, ids: readonly number[]) {
  const rows = await app.db
    .selectFrom('mute')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(app.dialect.among(sql.ref('target_id'), ids))
    .where(sql<boolean>`(expires_at is null or expires_at > ${app.now()})`)
    .execute()
  return new Map(rows.map((row) => [row.target_id, row]))
}

type Kept = { kind: string; id: number; text: string }
const kept = prepared<{ me: number; ids: readonly number[] }, Kept>(
  (_, { me, ids }, dialect) => sql<Kept>`
    select 'note' as kind, target_id as id, comment as text from account_note
      where account_id = ${me} and ${dialect.among(sql`target_id`, ids)}
    union all select 'endorsed', target_id, '' from endorsement
      where account_id = ${me} and ${dialect.among(sql`target_id`, ids)}
    union all select 'host', a.id, '' from account a
      where ${dialect.among(sql`a.id`, ids)} and ${onBlockedHost(me, sql`a.host`)}`,
)

async function keptAbout(app: App, me: number, ids: readonly number[]): Promise<Map<string, string>> {
  const rows = await kept(app, { me, ids })
  return new Map(rows.map(({ kind, id, text }) => [`${kind} ${id}`, text]))
}
