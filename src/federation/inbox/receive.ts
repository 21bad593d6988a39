import { hash as digest } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { App, HostedDomain } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { keptBy } from '#platform/cache.ts'
import { isDuplicate, packed } from '#platform/database/dialect.ts'
import { prepared } from '#platform/database/prepared.ts'
import { headerOf, readBody } from '#platform/http/body.ts'
import { clientOf, type Site, targetOf } from '#platform/http/facts.ts'
import type { Limits, Standing } from '#platform/http/limits.ts'
import { HttpRefusal } from '#platform/http/refuse.ts'
import { owed, putMany } from '#platform/jobs/queue-put.ts'
import { revive } from '#platform/jobs/revive.ts'
import { MINUTE, SECOND } from '#platform/times.ts'
import { together } from '#platform/together.ts'
import { synchronizeFollowers } from '../fetch/synchronize-followers.ts'
import { readSynchronization } from '../shapes/followers-digest.ts'
import type { Shaped } from '../shapes/shape.ts'
import { hostOf, idOf, isA, listOf, parseDocument, sameOrigin, Unreadable } from '../shapes/shape.ts'
import { headersOf, hostsOf } from '../signatures/arrived.ts'
import type { Signer } from '../signatures/keys.ts'
import { knownSigner, provenSigner } from '../signatures/keys.ts'
import { parseSignature, verifyClaim } from '../signatures/signatures.ts'
import type { SignatureClaim } from '../signatures/signatures-claim.ts'
import { processActivity } from './inbox.ts'

/** The largest activity that is read, in bytes (PAR-01). */
const MOST_BODY = 1024 * 1024
/** How long the followers of one account are not compared again, in ms. */
const BETWEEN_COMPARISONS = 15 * MINUTE
const TYPES = /^application\/(?:activity\+json|ld\+json)\s*(?:;|$)/i

export type Arrival = {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  domain: HostedDomain
  /** Counts one more activity of a host that was proven; says when it may come again if that is too much. */
  crowded?(host: string): Standing | null
}
export type Verdict = { status: 202 | 400 | 401 | 403 | 404 | 429; reason: string }

const accepted = (reason: string): Verdict => ({ status: 202, reason })
const refused = (status: Exclude<Verdict['status'], 202>, reason: string): Verdict => ({ status, reason })

/** Adds the inboxes. What is answered with 202 is stored; everything else happens in the work thread. */
export function mountInbox(hono: Hono<Site>, app: App, limits: Limits): void {
  for (const path of ['/inbox', '/actor/inbox', '/ap/users/:id/inbox', '/users/:name/inbox']) {
    hono.post(path, (c) => answer(app, limits, c))
  }
}

async function answer(app: App, limits: Limits, c: Context<Site>): Promise<Response> {
  const domain = app.domains.byHost(clientOf(c).host ?? '')
  if (!domain || domain.confirmed_at === null) return c.json({ error: 'Record not found' }, 404)
  if (!TYPES.test(headerOf(c, 'content-type') ?? ''))
    return c.json({ error: 'The content type is not ActivityPub' }, 415)
  const { ip } = clientOf(c)
  const tried = limits.look('inbox-refused', ip, app.now())
  if (tried?.over) return laterAnswer(app, c, tried)
  let body: Buffer
  try {
    body = await readBody(c, MOST_BODY)
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error
    return c.json({ error: error.message }, error.status as 413, error.headers)
  }
  if (!(await isInbox(app, domain, c.req.path))) return c.json({ error: 'Record not found' }, 404)
  let crowd: Standing | null = null
  const verdict = await receive(app, {
    method: c.req.method,
    path: targetOf(c.req.url),
    headers: headersOf(c),
    body,
    domain,
    crowded(host) {
      crowd = limits.take('inbox-host', host, app.now())
      return crowd?.over ? crowd : null
    },
  })
  if (verdict.status === 202) return c.body(null, 202)
  if (verdict.status === 429) return laterAnswer(app, c, crowd)
  limits.take('inbox-refused', ip, app.now())
  app.log.info({ status: verdict.status, reason: verdict.reason, ip }, 'an activity was refused')
  return c.json(
    { error: verdict.status === 401 ? 'Request not signed as it must be' : 'Refused' },
    verdict.status,
  )
}

/** Peers keep what they could not hand over and come again, so nothing is lost. */
function laterAnswer(app: App, c: Context<Site>, standing: Standing | null): Response {
  const wait = Math.ceil(((standing?.resetsAt ?? 0) - app.now()) / SECOND)
  return c.json({ error: 'Too many requests' }, 429, { 'Retry-After': String(Math.max(1, wait)) })
}

const ownerOf = prepared<{ uri: string; domainId: number }, { inbox_url: string }>((db, { uri, domainId }) =>
  db.selectFrom('account').select('inbox_url').where('uri', '=', uri).where('domain_id', '=', domainId),
)

/** An inbox of nobody is no inbox. */
async function isInbox(app: App, domain: HostedDomain, path: string): Promise<boolean> {
  if (path === '/inbox' || path === '/actor/inbox') return true
  const url = domain.origin + path
  const [owner] = await ownerOf(app, { uri: url.slice(0, -'/inbox'.length), domainId: domain.id })
  return owner?.inbox_url === url
}

/** Judges one arrived activity, cheapest checks first, and stores it when it is authentic (federation.md §2). */
export async function receive(app: App, arrival: Arrival): Promise<Verdict> {
  const hosts = hostsOf(arrival.domain)
  const { method, path, headers, body } = arrival
  const parsed = parseSignature({ method, path, headers, body, hosts }, app.now())
  if (parsed.refusal) return refused(parsed.refusal.status, parsed.refusal.reason)
  // Nothing is asked of those we do not speak with, not even a key (SIG-31).
  if (!(await isAdmitted(app, hostOf(parsed.claim.keyId) ?? ''))) return refused(403, 'not federated with')
  let activity: Shaped
  try {
    activity = parseDocument(body.toString('utf8'))
  } catch (error) {
    if (error instanceof Unreadable) return refused(400, error.message)
    throw error
  }
  const id = typeof activity.id === 'string' ? activity.id : null
  const actors = listOf(activity.actor, 2).map(idOf)
  const actor = actors.length === 1 ? actors[0] : null
  if (!actor) return refused(400, 'no single actor')
  const signer = await signerOf(app, parsed.claim, activity, actor)
  if (!('key' in signer)) return signer
  if (signer.suspended) return refused(403, 'suspended')
  // Forwarded activities carry a proof of their author and are fetched again; without one the signer speaks for itself alone.
  if (signer.uri !== actor && !isForwarded(activity)) return refused(401, 'signed by somebody else')
  const host = hostOf(signer.uri) ?? signer.host
  if (arrival.crowded?.(host)) return refused(429, 'too many of one server')
  const verdict = await store(app, { text: body.toString('utf8'), id, actor, signer, host })
  if (signer.uri === actor) await compareFollowers(app, arrival, parsed.claim, signer)
  return verdict
}

function isForwarded(activity: Shaped): boolean {
  return activity.signature !== undefined || activity.proof !== undefined
}

/** Finds and proves the signer; a refused signature makes us fetch the key again, at most once a minute. */
async function signerOf(
  app: App,
  claim: SignatureClaim,
  activity: Shaped,
  actor: string,
): Promise<Signer | Verdict> {
  const known = await knownSigner(app, claim.keyId)
  // Whole servers announce the end of accounts we never heard of; nothing is asked for that (SIG-30).
  const isOwnEnd = isA(activity, 'Delete') && idOf(activity.object) === actor
  if (!known && isOwnEnd) return accepted('the end of a stranger')
  const signer = await provenSigner(app, claim.keyId, (key) => verifyClaim(claim, key))
  return signer ?? refused(401, known ? 'bad signature' : 'unknown key')
}

const comparedLately = keptBy(() => new LRUCache<string, number>({ max: 5000 }))

/** Owes a look at who follows the sender from here where they tell, signed, that it may differ; seldom for each. */
async function compareFollowers(
  app: App,
  { headers, domain }: Arrival,
  { signedText }: SignatureClaim,
  signer: Signer,
): Promise<void> {
  const header = headers['collection-synchronization']
  if (header === undefined || !/^"?collection-synchronization"?: /m.test(signedText)) return
  const told = readSynchronization(String(header))
  if (!told || !sameOrigin(told.url, signer.uri) || !sameOrigin(told.collectionId, signer.uri)) return
  const key = `${domain.id} ${signer.accountId}`
  if (app.now() - (comparedLately(app).get(key) ?? 0) < BETWEEN_COMPARISONS) return
  comparedLately(app).set(key, app.now())
  const { url, digest, collectionId } = told
  const payload = { accountId: signer.accountId, domainId: domain.id, url, digest, collectionId }
  await app.inTransaction((tx) =>
    tx.later(synchronizeFollowers, payload, { unique: `followers ${key}`, prio: 80 }),
  )
}

const markSeen = prepared<{ list: string; at: number }, { hash: string }>(
  (_db, { list, at }, dialect) => sql<{ hash: string }>`insert into seen (hash, created_at)
    select item.hash, ${at} from ${dialect.recordsOf(list, { hash: 'text' })} where true
    on conflict do nothing returning hash`,
)

type Stored = { hash: string; text: string; signer: string; host: string }

/** Activities stored in one transaction. */
const MOST_AT_ONCE = 64
const storing = keptBy<{ store?: (arrived: Stored) => Promise<void> }>(() => ({}))

/** Stores those not seen before; they are marked as seen in the same transaction (SIG-11). */
async function storeNew(app: App, arrived: Stored[]): Promise<void> {
  const once = new Map(arrived.map((each) => [each.hash, each]))
  await app.inTransaction(async (tx) => {
    const list = packed({ hash: 'text' }, [...once.values()])
    const fresh = new Set((await markSeen(tx, { list, at: tx.now() })).map((row) => row.hash))
    const jobs = [...once.values()]
      .filter(({ hash }) => fresh.has(hash))
      .map(({ text, signer, host }) => owed(tx.now(), processActivity, { text, signer }, { lane: host }))
    await putMany(tx, jobs)
  })
}

const heardLately = keptBy(() => new LRUCache<string, number>({ max: 5000 }))

type Authentic = { text: string; id: string | null; actor: string; signer: Signer; host: string }

/** Stores what was proven, with others that arrive at this moment; a second copy changes nothing (SIG-11). */
async function store(app: App, { text, id, actor, signer, host }: Authentic): Promise<Verdict> {
  if (id !== null && !sameOrigin(id, actor)) return accepted('id of another origin')
  const hash = digest('sha256', `${host} ${id ?? text}`, 'base64url')
  try {
    const kept = storing(app)
    kept.store ??= together((arrived) => storeNew(app, arrived), MOST_AT_ONCE)
    await kept.store({ hash, text, signer: signer.uri, host })
  } catch (error) {
    if (!isDuplicate(error)) throw error
  }
  // A host that speaks to us lives: what waited for it may go.
  const heard = heardLately(app)
  if (app.now() - (heard.get(host) ?? 0) >= SECOND) {
    heard.set(host, app.now())
    await revive(app, host)
  }
  return accepted('stored')
}
