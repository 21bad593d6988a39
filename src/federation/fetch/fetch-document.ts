import { LRUCache } from 'lru-cache'
import type { App, HostedDomain } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { keptBy } from '#platform/cache.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { openGate } from '#platform/http-client-sockets.ts'
import { HOUR, MINUTE } from '#platform/times.ts'
import type { Shaped } from '../shapes/shape.ts'
import { parseDocument, sameOrigin, shapeOf, Unreadable, webUrl } from '../shapes/shape.ts'
import { readPrivateKey } from '../signatures/signatures-keys.ts'
import type { Style } from '../signatures/styles.ts'
import { knock, signers } from '../signatures/styles.ts'
import { spend } from './budget.ts'

const ACCEPT =
  'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
const MOST_BYTES = 1024 * 1024

export type Fetched =
  | { kind: 'document'; document: Shaped; url: string }
  /** A page that names its document elsewhere (rel=alternate), or nothing of use. */
  | { kind: 'page'; alternate: string | null }
  | { kind: 'gone' }
  | { kind: 'missing' }
  | { kind: 'failed' }
  /** Its server did not answer, or said that something is wrong with it. */
  | { kind: 'away' }

/** How many documents one host is asked for at a time (LOOP-07). */
const AT_ONCE = 4

type Gate = ReturnType<typeof openGate>
type Kept = {
  failures: LRUCache<string, Fetched>
  running: Map<string, Promise<Fetched>>
  gates: LRUCache<string, Gate>
  /** Hosts that did not answer a moment ago. */
  silent: LRUCache<string, true>
}
// What could not be had is not asked for again at once, and many who want the same thing ask once (LOOP-09).
const kept = keptBy<Kept>(() => ({
  failures: new LRUCache({ max: 10_000, ttl: 10 * MINUTE }),
  running: new Map(),
  gates: new LRUCache({ max: 2000 }),
  silent: new LRUCache({ max: 10_000, ttl: 2 * MINUTE }),
}))

export type Fetching = {
  /** Asks although it failed a while ago. */
  fresh?: boolean
  /** In whose name, where that makes a difference to what is told; our first domain otherwise. */
  asDomain?: number
}

/** Fetches a document of another server, signed by our own actor; throws only what our own database throws. Addresses of ours are not fetched (SSRF-14). */
export function fetchDocument(app: App, url: string, how: Fetching = {}): Promise<Fetched> {
  const { fresh = false, asDomain } = how
  const address = webUrl(url)
  if (!address || app.domains.isOurs(new URL(address).host)) return Promise.resolve({ kind: 'missing' })
  const { failures, running, gates, silent } = kept(app)
  const { host } = new URL(address)
  const failed = fresh ? undefined : failures.get(address)
  // Who was silent and has answered somebody since is asked again.
  if (failed && !(failed.kind === 'away' && !silent.has(host))) return Promise.resolve(failed)
  const once = asDomain === undefined ? address : `${asDomain} ${address}`
  const known = running.get(once)
  if (known) return known
  if (!spend()) return Promise.resolve({ kind: 'failed' })
  const gate = gates.get(host) ?? openGate(AT_ONCE)
  gates.set(host, gate)
  const asking = gate(() => ask(app, address, asDomain))
    .then((fetched) => {
      if (fetched.kind === 'away') failures.set(address, fetched, { ttl: MINUTE })
      else if (fetched.kind !== 'document') failures.set(address, fetched)
      return fetched
    })
    .finally(() => running.delete(once))
  running.set(once, asking)
  return asking
}

/** Whether the server of an address was asked a moment ago and did not answer: what it has may be had later. */
export function isOutOfReach(app: App, url: string | null): boolean {
  const address = webUrl(url)
  if (address === null) return false
  const { silent, failures } = kept(app)
  return silent.has(new URL(address).host) || failures.get(address)?.kind === 'away'
}

async function ask(app: App, url: string, asDomain?: number): Promise<Fetched> {
  const { silent } = kept(app)
  const { host } = new URL(url)
  if (!(await isAdmitted(app, host))) return { kind: 'missing' }
  try {
    const signed = await signer(app, asDomain)
    const answer = await knock(app, host, (style) =>
      app.http.request({
        method: 'GET',
        url,
        headers: async (hop) => ({ ...(await signed(hop, style)), accept: ACCEPT }),
        maxBytes: MOST_BYTES,
      }),
    )
    if (answer.status >= 500 || answer.status === 429) {
      silent.set(host, true)
      return { kind: 'away' }
    }
    silent.delete(host)
    // Whoever it was led to may say what it likes of its own things alone.
    if (answer.status === 410) return { kind: sameOrigin(answer.url, url) ? 'gone' : 'missing' }
    if (answer.status === 404) return { kind: 'missing' }
    if (answer.status !== 200) return { kind: 'failed' }
    const type = answer.headers['content-type'] ?? ''
    if (isActivityType(type)) {
      const document = await shapeOf(parseDocument(answer.body.toString('utf8')))
      return { kind: 'document', document, url: answer.url }
    }
    const link =
      linkHeader(answer.headers.link) ?? (/^text\/html\b/i.test(type) ? alternateIn(answer.body) : null)
    return {
      kind: 'page',
      alternate: link && URL.canParse(link, answer.url) ? new URL(link, answer.url).href : null,
    }
  } catch (error) {
    if (!(error instanceof HttpFailure) && !(error instanceof Unreadable)) throw error
    app.log.info(
      { url, reason: error instanceof HttpFailure ? error.reason : error.message },
      'a document could not be fetched',
    )
    if (!(error instanceof HttpFailure) || !error.isHostTrouble) return { kind: 'failed' }
    silent.set(host, true)
    return { kind: 'away' }
  }
}

/** Only ActivityPub's own types: JSON of any other type may be somebody's upload (ORG-10, ORG-11). */
export function isActivityType(type: string): boolean {
  const [name = '', ...parameters] = type.split(';').map((part) => part.trim())
  if (name.toLowerCase() === 'application/activity+json') return true
  if (name.toLowerCase() !== 'application/ld+json') return false
  const profile = parameters.find((each) => /^profile\s*=/i.test(each))?.replace(/^profile\s*=\s*/i, '')
  return (profile?.replace(/^"|"$/g, '').split(/\s+/) ?? []).includes('https://www.w3.org/ns/activitystreams')
}

function linkHeader(link: string | undefined): string | null {
  for (const part of (link ?? '').slice(0, 4096).split(/,(?=\s*<)/)) {
    if (/rel="?alternate"?/i.test(part) && /activity\+json/i.test(part))
      return /<([^>]{1,2048})>/.exec(part)?.[1] ?? null
  }
  return null
}

/** The alternate document that a page's head names; the page is read as text, bounded, tag by tag (PAR-16). */
function alternateIn(body: Buffer): string | null {
  const head = body.toString('utf8', 0, 200_000)
  for (let at = head.indexOf('<link'); at !== -1; at = head.indexOf('<link', at + 5)) {
    const end = head.indexOf('>', at)
    if (end === -1 || end - at > 4096) continue
    const tag = head.slice(at, end)
    if (!/rel=["']?alternate/i.test(tag) || !/activity\+json/i.test(tag)) continue
    const href = /href=["']([^"']{1,2048})["']/i.exec(tag)?.[1]
    if (href) return href.replaceAll('&amp;', '&')
  }
  return null
}

type Signer = (url: URL, style: Style) => Promise<Record<string, string>>
const signersKept = keptBy(
  () => new LRUCache<number, { keyId: string; pem: string }>({ max: 100, ttl: HOUR }),
)

/** Signs as the server itself; a draft, which has no confirmed actor, asks unsigned. */
async function signer(app: App, asDomain?: number): Promise<Signer> {
  const domain = app.domains
    .all()
    .filter((each: HostedDomain) => asDomain === undefined || each.id === asDomain)
    .find((each) => each.confirmed_at !== null && each.actor_id !== null)
  if (!domain?.actor_id) return async () => ({})
  const memory = signersKept(app)
  let key = memory.get(domain.actor_id)
  if (!key) {
    const row = await app.db
      .selectFrom('account_key')
      .select(['key_id', 'private_pem'])
      .where('account_id', '=', domain.actor_id)
      .where('kind', '=', 'rsa')
      .executeTakeFirst()
    if (!row?.private_pem) return async () => ({})
    key = { keyId: row.key_id, pem: row.private_pem }
    memory.set(domain.actor_id, key)
  }
  const { keyId, pem } = key
  return (url, style) =>
    signers[style]({ method: 'GET', url: url.href, keyId, privateKey: readPrivateKey(pem), now: app.now() })
}
