import type { App, HostedDomain } from '#app.ts'
import { relayLeft, relayWanted } from '#happenings.ts'
import { prepared } from '#platform/database/prepared.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { randomToken } from '#platform/secrets.ts'

/** `mastodon`: subscribed at its inbox, passes activities on as they are. `litepub`: an actor that announces posts. */
export type RelayKind = 'mastodon' | 'litepub'
export type RelayState = 'pending' | 'accepted' | 'rejected' | 'paused'

/** A relay that one of our domains takes part in. */
export type RelayRow = {
  id: number
  domain_id: number
  kind: RelayKind
  /** What the keeper gave: the inbox of one kind, the actor of the other. */
  url: string
  inbox_url: string | null
  /** Whose signature its deliveries bear; known once it answered. */
  actor_uri: string | null
  /** The Follow that it answers. */
  follow_uri: string
  state: RelayState
  /** Only posts with a hashtag that a member follows. */
  only_followed: number
  /** The only languages wanted, as a JSON array; empty for all. */
  languages: string
  with_replies: number
  with_bots: number
  /** No more posts than this are kept in a minute. */
  per_minute: number
  kept: number
  dropped: number
  created_at: number
  updated_at: number
}

/** A post that is here because of a relay alone, and goes when nobody does anything with it. */
export type RelayedRow = { status_id: number; relay_id: number; bytes: number; created_at: number }
export type RelayTables = { relay: RelayRow; relayed: RelayedRow }

/** What is wanted of a relay. */
export type RelayWishes = {
  onlyFollowed?: boolean
  languages?: string[]
  withReplies?: boolean
  withBots?: boolean
  perMinute?: number
}

const MOST_RELAYS = 100
const PER_MINUTE = 30

/** Every relay, the oldest first. */
export function allRelays(app: App): Promise<RelayRow[]> {
  return app.db.selectFrom('relay').selectAll().orderBy('id').limit(MOST_RELAYS).execute()
}

const byActor = prepared<{ uri: string }, RelayRow>((db, { uri }) =>
  db.selectFrom('relay').selectAll().where('actor_uri', '=', uri),
)

/** The relay in use that speaks as this actor, or undefined. */
export async function relayOfActor(app: App, uri: string): Promise<RelayRow | undefined> {
  return (await byActor(app, { uri })).find((relay) => relay.state === 'accepted')
}

/** Whether this actor is a relay that we asked or that let us in: it may follow the server itself. */
export async function isOurRelay(app: App, uri: string): Promise<boolean> {
  return (await byActor(app, { uri })).some(({ state }) => state === 'accepted' || state === 'pending')
}

/** The relay that this Follow of ours asked, or undefined. */
export function relayByFollow(app: App, followUri: string): Promise<RelayRow | undefined> {
  return app.db.selectFrom('relay').selectAll().where('follow_uri', '=', followUri).executeTakeFirst()
}

/**
 * Asks a relay to let a domain in: an address that ends in /inbox is of Mastodon's kind, any other an actor to follow.
 * Throws `invalid` for what is no address, and for what secure mode rules out.
 */
export async function addRelay(
  app: App,
  domain: HostedDomain,
  url: string,
  wishes: RelayWishes = {},
): Promise<RelayRow> {
  const address = URL.parse(url)
  const schemes = app.config.allowHttp ? ['https:', 'http:'] : ['https:']
  if (!address || !schemes.includes(address.protocol) || address.username || url.length > 2048)
    throw invalid('A relay is named by its address, like https://relay.example/inbox')
  if (app.domains.isOurs(address.host)) throw invalid('This is one of our own addresses')
  const kind = /\/inbox\/?$/.test(address.pathname) ? 'mastodon' : 'litepub'
  refuseInSecureMode(app, kind)
  const id = app.newId()
  const row: RelayRow = {
    id,
    domain_id: domain.id,
    kind,
    url: address.href,
    inbox_url: kind === 'mastodon' ? address.href : null,
    actor_uri: null,
    follow_uri: followUri(domain),
    state: 'pending',
    only_followed: wishes.onlyFollowed === false ? 0 : 1,
    languages: JSON.stringify(wishes.languages ?? []),
    with_replies: wishes.withReplies ? 1 : 0,
    with_bots: wishes.withBots ? 1 : 0,
    per_minute: wishes.perMinute ?? PER_MINUTE,
    kept: 0,
    dropped: 0,
    created_at: app.now(),
    updated_at: app.now(),
  }
  await app.inTransaction(async (tx) => {
    const known = await tx.db.selectFrom('relay').select('url').limit(MOST_RELAYS).execute()
    if (known.some((each) => each.url === row.url)) throw invalid('This relay is known already')
    if (known.length >= MOST_RELAYS) throw invalid(`There can be ${MOST_RELAYS} relays`)
    await tx.db.insertInto('relay').values(row).execute()
    await tx.emit(relayWanted, { relayId: id })
  })
  return row
}

function refuseInSecureMode(app: App, kind: RelayKind): void {
  if (kind === 'mastodon' && (app.config.authorizedFetch || app.config.limitedFederationMode))
    throw invalid(
      'With AUTHORIZED_FETCH no copy of a post is good by itself, and that is what relays of this kind pass on. Name the relay’s actor instead, where it has one.',
    )
}

const followUri = (domain: HostedDomain) => `${domain.origin}/actor#relays/${randomToken()}`

/** Leaves a relay for now (`paused`), or asks it again. Throws `notFound` for none of ours. */
export async function pauseRelay(app: App, id: number, paused: boolean): Promise<void> {
  await app.inTransaction(async (tx) => {
    const relay = await relayById(tx, id)
    if (paused === (relay.state === 'paused')) return
    const domain = tx.domains.byId(relay.domain_id)
    if (!domain) throw notFound()
    if (!paused) refuseInSecureMode(app, relay.kind)
    if (paused) await tellLeaving(tx, relay)
    const change = paused
      ? { state: 'paused' as const }
      : { state: 'pending' as const, follow_uri: followUri(domain) }
    await tx.db
      .updateTable('relay')
      .set({ ...change, updated_at: tx.now() })
      .where('id', '=', id)
      .execute()
    if (!paused) await tx.emit(relayWanted, { relayId: id })
  })
}

/** Leaves a relay for good. What came through it goes in its time. Throws `notFound` for none of ours. */
export async function removeRelay(app: App, id: number): Promise<void> {
  await app.inTransaction(async (tx) => {
    const relay = await relayById(tx, id)
    if (relay.state !== 'paused') await tellLeaving(tx, relay)
    await tx.db.deleteFrom('relay').where('id', '=', id).execute()
  })
}

async function relayById(app: App, id: number): Promise<RelayRow> {
  const relay = await app.db.selectFrom('relay').selectAll().where('id', '=', id).executeTakeFirst()
  if (!relay) throw notFound()
  return relay
}

async function tellLeaving(tx: App, relay: RelayRow): Promise<void> {
  const { domain_id: domainId, inbox_url: inboxUrl, actor_uri: actorUri, kind, follow_uri: followUri } = relay
  // Without an inbox it was never asked.
  if (inboxUrl !== null) await tx.emit(relayLeft, { domainId, inboxUrl, actorUri, kind, followUri })
}
