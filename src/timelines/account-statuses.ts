import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { idAt } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'
import { SECOND } from '#platform/times.ts'
import { blockExists, followOf } from '#relationships/relationships.ts'

export type AccountAsk = {
  onlyMedia: boolean
  excludeReplies: boolean
  excludeReblogs: boolean
  /** A tag's id; null means a tag nobody used. */
  tagId?: number | null
}
type Standing = 'owner' | 'follower' | 'stranger'
type Ask = { author: number; me: number; above: number; below: number; most: number; tag: number }

const statusesOf = (standing: Standing, ask: AccountAsk, ascending: boolean) =>
  prepared<Ask, { id: number }>((_, { author, me, above, below, most, tag }) => {
    const order = sql.raw(ascending ? 'asc' : 'desc')
    const mine = sql`exists (select 1 from mention n where n.status_id = s.id and n.account_id = ${me})`
    const may = {
      owner: sql`1 = 1`,
      follower: sql`(s.visibility in ('public', 'unlisted', 'private') or ${mine})`,
      stranger: sql`(s.visibility in ('public', 'unlisted') or ${mine})`,
    }[standing]
    return sql<{ id: number }>`
      select s.id as id from status s
      where s.account_id = ${author} and s.id > ${above} and s.id < ${below} and ${may}
        ${ask.excludeReblogs ? sql`and s.reblog_of_id is null` : sql``}
        ${ask.excludeReplies ? sql`and s.in_reply_to_uri is null and (s.in_reply_to_id is null or s.in_reply_to_account_id = s.account_id)` : sql``}
        ${ask.onlyMedia ? sql`and s.reblog_of_id is null and exists (select 1 from media where media.status_id = s.id)` : sql``}
        ${ask.tagId !== undefined ? sql`and exists (select 1 from status_tag t where t.status_id = s.id and t.tag_id = ${tag})` : sql``}
      order by s.id ${order} limit ${most}`
  })

const made = new Map<string, ReturnType<typeof statusesOf>>()

/** Ids of a page of what an account wrote and boosted, as far as the viewer may see, newest first. */
export async function accountStatusIds(
  app: App,
  viewer: AccountRow | null,
  account: AccountRow,
  ask: AccountAsk,
  page: Page,
): Promise<number[]> {
  if (account.suspended_at !== null || ask.tagId === null) return []
  const standing = await standingOf(app, viewer, account)
  if (standing === 'blocked') return []
  const ascending = page.minId !== null
  const { tagId, ...rest } = ask
  const key = JSON.stringify([standing, rest, tagId !== undefined, ascending])
  const run = made.get(key) ?? statusesOf(standing, ask, ascending)
  made.set(key, run)
  const rows = await run(app, {
    author: account.id,
    me: viewer?.id ?? 0,
    above: Math.max(page.sinceId ?? 0, page.minId ?? 0),
    below: page.maxId ?? idAt(app.now() + SECOND),
    most: page.limit,
    tag: tagId ?? 0,
  })
  const ids = rows.map((row) => row.id)
  return ascending ? ids.reverse() : ids
}

async function standingOf(
  app: App,
  viewer: AccountRow | null,
  account: AccountRow,
): Promise<Standing | 'blocked'> {
  if (!viewer) return 'stranger'
  if (viewer.id === account.id) return 'owner'
  if (await blockExists(app, account.id, viewer.id)) return 'blocked'
  return (await followOf(app, viewer.id, account.id)) ? 'follower' : 'stranger'
}
