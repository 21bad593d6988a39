import { sql } from 'kysely'
import { accountByUri } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { prepared } from '#platform/database/prepared.ts'
import { accountAt } from '../fetch/fetch-account.ts'
import type { Shaped } from './shape.ts'
import { idOf, isA, isObject, listOf, webUrl } from './shape.ts'

const MOST_TAGS = 500
const MOST_ADDRESSED = 1000

/** Who is mentioned by a tag; those unknown are looked up, up to `most` (LOOP-07). */
export async function mentionedIn(app: App, object: Shaped, most: number): Promise<number[]> {
  const hrefs = listOf(object.tag, MOST_TAGS).flatMap((tag) =>
    isObject(tag) && isA(tag, 'Mention') ? (webUrl(tag.href) ?? []) : [],
  )
  const found: number[] = []
  let lookups = 0
  for (const href of new Set(hrefs)) {
    const known = await accountByUri(app, href)
    const account = known ?? (lookups++ < most ? await accountAt(app, href) : null)
    if (account) found.push(account.id)
  }
  return found
}

const membersNamed = prepared<{ uris: readonly string[] }, { id: number }>((db, { uris }, dialect) =>
  db
    .selectFrom('account')
    .select('id')
    .where(dialect.amongText(sql`uri`, uris))
    .where('domain_id', 'is not', null),
)

/** Members that an object is addressed to, whether it mentions them or not. */
export async function membersAddressed(app: App, object: Shaped): Promise<number[]> {
  const named = [object.to, object.cc].flatMap((each) => listOf(each, MOST_ADDRESSED).map(idOf))
  const uris = named.filter(
    (uri) => uri !== null && URL.canParse(uri) && app.domains.isOurs(new URL(uri).host),
  ) as string[]
  return uris.length === 0 ? [] : (await membersNamed(app, { uris })).map(({ id }) => id)
}
