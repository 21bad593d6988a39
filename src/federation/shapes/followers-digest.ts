import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'

/** With more followers than this nothing is compared: it would cost more than it mends. */
const MOST_FOLLOWERS = 25_000

/** What stands for a set of followers, in any order: the SHA-256 of each one's id, laid over one another (FEP-8fcf). */
export function followersDigest(uris: Iterable<string>): string {
  const sum = Buffer.alloc(32)
  for (const uri of uris) {
    const one = hash('sha256', uri, 'buffer')
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) ^ (one[at] ?? 0)
  }
  return sum.toString('hex')
}

const strangers = prepared<{ id: number }, { uri: string }>(
  (_db, { id }) => sql<{ uri: string }>`select a.uri from follow f join account a on a.id = f.account_id
    where f.target_id = ${id} and a.domain_id is null and a.suspended_at is null order by f.id limit ${MOST_FOLLOWERS}`,
)

/** Ids of an account's followers whose server this host is. */
export async function followersOn(app: App, account: AccountRow, host: string): Promise<string[]> {
  return (await strangers(app, { id: account.id }))
    .map((row) => row.uri)
    .filter((uri) => hostOf(uri) === host)
}

const hostOf = (uri: string) => URL.parse(uri)?.host

type Digests = { state: number; byHost: Map<string, string> }
const kept = keptBy(() => new LRUCache<number, Digests>({ max: 200, ttl: 60_000 }))

/** The header that lets a host see whether it knows the same followers as we do; null where nothing is compared. */
export async function synchronizationHeader(
  app: App,
  account: AccountRow,
  host: string,
): Promise<string | null> {
  const { followers_url: followers, followers_count: state } = account
  if (followers === null || state >= MOST_FOLLOWERS) return null
  let digests = kept(app).get(account.id)
  if (digests?.state !== state) {
    const uris = (await strangers(app, { id: account.id })).map((row) => row.uri)
    const byHost = Map.groupBy(uris, (uri) => hostOf(uri) ?? '')
    digests = { state, byHost: new Map([...byHost].map(([each, all]) => [each, followersDigest(all)])) }
    kept(app).set(account.id, digests)
  }
  const digest = digests.byHost.get(host) ?? followersDigest([])
  return `collectionId="${followers}", digest="${digest}", url="${account.uri}/followers_synchronization"`
}

export type Synchronization = { collectionId: string; digest: string; url: string }

/** Reads such a header; null when it is none. */
export function readSynchronization(header: string | undefined): Synchronization | null {
  if (header === undefined || header.length > 4096) return null
  const parts = Object.fromEntries(
    [...header.matchAll(/(collectionId|digest|url)="([^"]{1,2048})"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Partial<Synchronization>
  const { collectionId, digest, url } = parts
  return collectionId && url && /^[0-9a-f]{64}$/.test(digest ?? '')
    ? { collectionId, digest: digest as string, url }
    : null
}
