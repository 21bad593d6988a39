import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import { accountById } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import type { RelayRow } from '#instance/relays.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { MINUTE } from '#platform/times.ts'
import { createStatus } from '#statuses/create-status.ts'
import type { Draft } from '#statuses/draft.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusByUri } from '#statuses/statuses.ts'
import { accountAt } from '../fetch/fetch-account.ts'
import { fetchDocument } from '../fetch/fetch-document.ts'
import { statusAt } from '../fetch/fetch-status.ts'
import { authorOf } from '../shapes/authors.ts'
import { noteTypes, readNote } from '../shapes/read-note.ts'
import type { Shaped } from '../shapes/shape.ts'
import { hostOf, idOf, isA, isObject, listOf, sameOrigin } from '../shapes/shape.ts'
import { readProven } from '../signatures/vouch.ts'

/** Nobody here asked for the post, so nothing more is asked of others because of it. */
const cheaply = { lookups: 0, isLed: true }

type Tally = { since: number; kept: number; dropped: number }
/** How many were kept in this minute, and drops that are not written down yet. */
const tallies = keptBy(() => new LRUCache<number, Tally>({ max: 1000 }))
/** Drops are counted in memory and written in bundles: a relay may send a hundred a second. */
const BUNDLE = 50

/**
 * Takes in a post that a relay passed on or announced: had from its own origin, or proven by its author where that
 * gives no answer; only such as are wanted of the relay, within its rate. No boost is made.
 */
export async function takeFromRelay(
  app: App,
  relay: RelayRow,
  document: Shaped,
  object: unknown,
): Promise<string | undefined> {
  const id = idOf(object)
  if (id === null || (await statusByUri(app, id))) return id === null ? 'nothing to fetch' : undefined
  const tally = tallyOf(app, relay.id)
  // It is the author's host that counts here, not the relay's.
  if (!(await isAdmitted(app, hostOf(id) ?? ''))) return drop(app, relay, 'not federated with')
  // What came along is not believed, but it is believed to be unwanted: that saves a request.
  const looks = isObject(object) && !looksWanted(relay, object)
  if (looks || tally.kept >= relay.per_minute) return drop(app, relay, looks ? 'not wanted' : 'too many')
  const wanted = (draft: Draft) => isWanted(app, relay, draft)
  const status =
    (await statusAt(app, id, { wanted, ...cheaply })) ?? (await fromProof(app, document, id, wanted))
  if (!status) return drop(app, relay, 'not wanted, or not to be had')
  tally.kept++
  await mark(app, relay, status)
  return undefined
}

function tallyOf(app: App, relayId: number): Tally {
  const known = tallies(app).get(relayId)
  if (known && app.now() - known.since < MINUTE) return known
  const tally = { since: app.now(), kept: 0, dropped: known?.dropped ?? 0 }
  tallies(app).set(relayId, tally)
  return tally
}

async function drop(app: App, relay: RelayRow, reason: string): Promise<string> {
  const tally = tallyOf(app, relay.id)
  tally.dropped++
  if (tally.dropped >= BUNDLE) await count(app, relay.id, 0)
  return reason
}

/** Writes down what was dropped and is not counted yet. */
export async function countDropped(app: App): Promise<void> {
  for (const [relayId, { dropped }] of tallies(app).entries()) if (dropped > 0) await count(app, relayId, 0)
}

async function count(app: App, relayId: number, kept: number): Promise<void> {
  const tally = tallyOf(app, relayId)
  const { dropped } = tally
  tally.dropped = 0
  await app.inTransaction(async (tx) => {
    await tx.db
      .updateTable('relay')
      .set((row) => ({ kept: row('kept', '+', kept), dropped: row('dropped', '+', dropped) }))
      .where('id', '=', relayId)
      .execute()
  })
}

function looksWanted(relay: RelayRow, object: Shaped): boolean {
  if (!isA(object, ...noteTypes)) return false
  if (relay.with_replies === 0 && object.inReplyTo) return false
  return (
    relay.only_followed === 0 || listOf(object.tag, 500).some((tag) => isObject(tag) && isA(tag, 'Hashtag'))
  )
}

async function isWanted(app: App, relay: RelayRow, draft: Draft): Promise<boolean> {
  if (draft.visibility !== 'public') return false
  if (await isFollowed(app, draft.account)) return true
  const languages = JSON.parse(relay.languages) as string[]
  if (relay.with_bots === 0 && draft.account.bot === 1) return false
  if (relay.with_replies === 0 && (draft.parent !== null || draft.parentUri !== null)) return false
  if (languages.length > 0 && !languages.includes(draft.language?.split('-')[0]?.toLowerCase() ?? ''))
    return false
  return (
    relay.only_followed === 0 ||
    (await hasFollowedTag(
      app,
      draft.tags.map((tag) => tag.name),
    ))
  )
}

const anyTagFollow = prepared<{ names: readonly string[] }, { found: number }>(
  (_db, { names }, dialect) => sql<{
    found: number
  }>`select 1 as found from tag_follow f join tag t on t.id = f.tag_id
    where ${dialect.amongText(sql`t.name`, names)} limit 1`,
)

async function hasFollowedTag(app: App, names: string[]): Promise<boolean> {
  return names.length > 0 && (await anyTagFollow(app, { names })).length > 0
}

const oneFollower = prepared<{ id: number }, { found: number }>(
  (_db, { id }) => sql<{ found: number }>`select 1 as found from follow where target_id = ${id} limit 1`,
)

async function isFollowed(app: App, account: AccountRow): Promise<boolean> {
  return (await oneFollower(app, { id: account.id })).length > 0
}

/** The post as its author proves it, for origins that are away; what the origin says is gone stays gone. */
async function fromProof(
  app: App,
  document: Shaped,
  id: string,
  wanted: (draft: Draft) => Promise<boolean>,
): Promise<StatusRow | null> {
  const fetched = await fetchDocument(app, id)
  if (fetched.kind === 'document' || fetched.kind === 'page' || fetched.kind === 'gone') return null
  const proven = isA(document, 'Create') ? await readProven(app, document) : null
  const object = proven && listOf(proven.object, 1)[0]
  const actor = proven && idOf(listOf(proven.actor, 1)[0])
  if (!isObject(object) || !actor || object.id !== id || authorOf(object) !== actor || !sameOrigin(id, actor))
    return null
  const author = await accountAt(app, actor)
  if (!author || author.domain_id !== null || author.suspended_at !== null) return null
  const draft = await readNote(app, object, author, cheaply.lookups)
  return draft && (await wanted(draft)) ? createStatus(app, { ...draft, isLed: cheaply.isLed }) : null
}

/** Counts what was kept, and marks what is here because of the relay alone. */
async function mark(app: App, relay: RelayRow, status: StatusRow): Promise<void> {
  await count(app, relay.id, 1)
  const author = await accountById(app, status.account_id)
  if (!author || (await isFollowed(app, author))) return
  const bytes = Buffer.byteLength(status.content) + 1000
  await app.inTransaction(async (tx) => {
    await tx.db
      .insertInto('relayed')
      .values({ status_id: status.id, relay_id: relay.id, bytes, created_at: tx.now() })
      .onConflict((clash) => clash.doNothing())
      .execute()
  })
}
