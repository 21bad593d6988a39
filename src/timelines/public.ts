import { sql } from 'kysely'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { idAt } from '#platform/ids.ts'
import type { Page } from '#platform/paging.ts'
import { SECOND } from '#platform/times.ts'
import { hiddenFrom, hidesAnyone } from '#relationships/hidden-from.ts'

export type PublicKind = 'all' | 'local' | 'remote'
type Ask = {
  me: number
  above: number
  below: number
  most: number
  domain: number
  tag: number
  languages: readonly string[]
}

/** SQL: whether `me` sees the author `a`: not limited or gone ones, nor those they hide from each other. */
export const seenBy = (me: number) => sql<boolean>`
  a.suspended_at is null
  and (a.silenced_at is null or a.id = ${me}
    or exists (select 1 from follow f where f.account_id = ${me} and f.target_id = a.id))
  and not (${hidesAnyone(me)} and ${hiddenFrom(me, { id: sql`a.id`, host: sql`a.host` })})`

const publicWindow = (kind: PublicKind, media: boolean, ascending: boolean, chosen: boolean) =>
  prepared<Ask, { id: number }>((_, { me, above, below, most, domain, languages }, dialect) => {
    // What says no language of itself may be in any.
    const spoken = chosen
      ? sql`and (s.language is null or ${dialect.amongText(sql.ref('s.language'), languages)})`
      : sql``
    const order = sql.raw(ascending ? 'asc' : 'desc')
    const place = {
      all: sql``,
      local: sql`and s.domain_id = ${domain}`,
      remote: sql`and s.domain_id is null`,
    }[kind]
    const only = media ? sql`and exists (select 1 from media where media.status_id = s.id)` : sql``
    return sql<{ id: number }>`
      select s.id as id from status s join account a on a.id = s.account_id
      where s.visibility = 'public' and s.reblog_of_id is null and s.id > ${above} and s.id < ${below}
        and s.in_reply_to_uri is null
        and (s.in_reply_to_id is null or s.in_reply_to_account_id = s.account_id)
        ${place} ${only} ${spoken} and ${seenBy(me)}
      order by s.id ${order} limit ${most}`
  })

const tagWindow = (kind: PublicKind, media: boolean, ascending: boolean) =>
  prepared<Ask, { id: number }>((_, { me, above, below, most, tag }) => {
    const order = sql.raw(ascending ? 'asc' : 'desc')
    const place = {
      all: sql``,
      local: sql`and s.domain_id is not null`,
      remote: sql`and s.domain_id is null`,
    }[kind]
    const only = media ? sql`and exists (select 1 from media where media.status_id = s.id)` : sql``
    return sql<{ id: number }>`
      select s.id as id from status_tag t join status s on s.id = t.status_id join account a on a.id = s.account_id
      where t.tag_id = ${tag} and t.status_id > ${above} and t.status_id < ${below}
        and s.visibility = 'public' and s.reblog_of_id is null ${place} ${only} and ${seenBy(me)}
      order by t.status_id ${order} limit ${most}`
  })

type Window = ReturnType<typeof publicWindow>
const made = new Map<string, Window>()

function windowFor({ kind, onlyMedia, tagId, languages = [] }: PublicAsk, ascending: boolean): Window {
  const chosen = languages.length > 0
  const key = `${tagId === undefined} ${kind} ${onlyMedia} ${ascending} ${chosen}`
  let window = made.get(key)
  if (!window) {
    window =
      tagId === undefined
        ? publicWindow(kind, onlyMedia, ascending, chosen)
        : tagWindow(kind, onlyMedia, ascending)
    made.set(key, window)
  }
  return window
}

export type PublicAsk = {
  kind: PublicKind
  onlyMedia: boolean
  domainId: number
  tagId?: number
  /** The only languages to be shown; all where there are none. Hashtags are in every language. */
  languages?: readonly string[]
}

/** Ids of a page of public statuses (no boosts; no replies but to oneself, except under a tag), newest first. */
export async function publicIds(
  app: App,
  viewer: AccountRow | null,
  ask: PublicAsk,
  page: Page,
): Promise<number[]> {
  const ascending = page.minId !== null
  const run = windowFor(ask, ascending)
  const rows = await run(app, {
    me: viewer?.id ?? 0,
    above: Math.max(page.sinceId ?? 0, page.minId ?? 0),
    below: page.maxId ?? idAt(app.now() + SECOND),
    most: page.limit,
    domain: ask.domainId,
    tag: ask.tagId ?? 0,
    languages: ask.languages ?? [],
  })
  const ids = rows.map((row) => row.id)
  return ascending ? ids.reverse() : ids
}
