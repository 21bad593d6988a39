import { sql } from 'kysely'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { StreamEvent } from './event.ts'
import type { Hub } from './hub.ts'
import { openStreams } from './streams.ts'
import type { Told } from './tell.ts'

type Deleted = Extract<Told, { kind: 'deleted' }>

const followersAmong = prepared<{ people: readonly number[]; members: readonly number[] }, { id: number }>(
  (db, { people, members }, dialect) =>
    db
      .selectFrom('follow')
      .select('account_id as id')
      .distinct()
      .where(dialect.among(sql`target_id`, people))
      .where(dialect.among(sql`account_id`, members)),
)

/** Tells those who may hold a status that it is gone, and nobody who could not have seen it. */
export async function passDeletion(hub: Hub, deleted: Deleted): Promise<void> {
  const event = new StreamEvent('delete', String(deleted.statusId))
  for (const accountId of await concerned(hub.app, deleted, hub.heard<number>('user')))
    hub.tell('user', accountId, event)
  for (const id of await listsWith(hub.app, deleted, hub.heard<number>('list'))) hub.tell('list', id, event)
  if (deleted.visibility !== 'public') return
  for (const kind of openStreams) for (const id of hub.heard(kind)) hub.tell(kind, id, event)
}

/** The author, those it was about, and followers: of the author, and of whoever carried a post on that all may see. */
async function concerned(app: App, deleted: Deleted, members: number[]): Promise<Set<number>> {
  if (members.length === 0) return new Set()
  const { accountId, visibility, audience } = deleted
  const direct = new Set([accountId, ...audience])
  const found = new Set(members.filter((id) => direct.has(id)))
  if (visibility === 'direct' || visibility === 'limited') return found
  const people = visibility === 'private' ? [accountId] : [accountId, ...audience]
  for (const { id } of await followersAmong(app, { people, members })) found.add(id)
  return found
}

const listsOfMember = prepared<{ account: number; lists: readonly number[] }, { id: number }>(
  (db, { account, lists }, dialect) =>
    db
      .selectFrom('list_member')
      .select('list_id as id')
      .where('account_id', '=', account)
      .where(dialect.among(sql`list_id`, lists)),
)

/** The lists that the author is on: their owners follow the author. */
async function listsWith(app: App, { accountId, visibility }: Deleted, lists: number[]): Promise<number[]> {
  if (lists.length === 0 || visibility === 'direct' || visibility === 'limited') return []
  return (await listsOfMember(app, { account: accountId, lists })).map((row) => row.id)
}
