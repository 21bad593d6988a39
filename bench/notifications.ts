import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ID_EPOCH } from '#platform/ids.ts'
import { randomFrom } from './random.ts'
import { tokens } from './world.ts'

/** How many the reader has: as many as are kept of one member. */
const OF_THE_READER = 10_000
/** How many came in one group, as of a post that went round. */
const IN_ONE_GROUP = 3000
const FILTERED = 500

const reader = { authorization: `Bearer ${tokens.reader}` }
/** What is asked for: a page one by one, a page of groups, and what apps poll. */
export const notificationReads = {
  notifications: { method: 'GET', path: '/api/v1/notifications', headers: reader },
  notification_groups: {
    method: 'GET',
    path: '/api/v2/notifications?expand_accounts=partial_avatars',
    headers: reader,
  },
  unread: { method: 'GET', path: '/api/v2/notifications/unread_count', headers: reader },
}

/** Writes that many notifications into a world: the reader's among those of every other member. */
export function addNotifications(folder: string, count: number): void {
  const db = new DatabaseSync(join(folder, 'hyrax.db'))
  db.exec('pragma synchronous = off; pragma cache_size = -200000; begin')
  const { id: owner } = db.prepare("select id from account where username = 'reader'").get() as { id: number }
  const posts = db
    .prepare('select id from status where reblog_of_id is null order by id desc limit 2000')
    .all() as { id: number }[]
  const people = db.prepare('select id from account where id >= 1000 limit 5000').all() as { id: number }[]
  const insert = db.prepare(`insert into notification
    (id, account_id, from_account_id, type, status_id, group_key, filtered, newest, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const random = randomFrom(11)
  const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T
  const step = Math.max(1, Math.floor(count / OF_THE_READER))
  const now = Date.now()
  const newest = new Map<string, number>()
  let mine = 0
  for (let n = 0; n < count; n++) {
    const at = now - (count - n) * 1000
    const id = (at - ID_EPOCH) * 4096
    const isMine = n % step === 0 && mine < OF_THE_READER
    const to = isMine ? owner : pick(people).id
    const viral = isMine && mine > OF_THE_READER - IN_ONE_GROUP - 100 && mine < OF_THE_READER - 100
    const type = viral ? 'favourite' : pick(['mention', 'favourite', 'reblog', 'follow', 'mention'])
    const status = type === 'follow' ? null : (viral ? posts[0] : pick(posts))?.id
    const grouped = type !== 'mention'
    const hour = viral ? 'once' : Math.floor(at / 43_200_000)
    const key = grouped ? `${type}-${status ?? ''}-${hour}` : `ungrouped-${id}`
    const filtered = isMine && type === 'mention' && mine < FILTERED ? 1 : 0
    insert.run(id, to, pick(people).id, type, status ?? null, key, filtered, grouped ? 0 : 1, at)
    if (grouped) newest.set(`${to}/${key}`, id)
    if (isMine) mine++
  }
  const mark = db.prepare('update notification set newest = 1 where id = ?')
  for (const id of newest.values()) mark.run(id)
  db.exec('commit; analyze notification; pragma wal_checkpoint(truncate)')
  db.close()
}
