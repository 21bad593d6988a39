import type { KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { prepared } from '#platform/database/prepared.ts'
import { topic } from '#platform/pubsub.ts'
import { HOUR, MINUTE } from '#platform/times.ts'
import { accountAt, takeAccount } from '../fetch/fetch-account.ts'
import { fetchDocument } from '../fetch/fetch-document.ts'
import { hostOf, idOf, sameOrigin, webUrl } from '../shapes/shape.ts'
import { readPublicKey } from './signatures-keys.ts'

/** Who signs with a key: the actor whose own document lists it. */
export type Signer = {
  accountId: number
  uri: string
  host: string
  key: KeyObject
  suspended: boolean
  expiresAt: number | null
}

type Found = Pick<AccountRow, 'id' | 'uri' | 'host' | 'suspended_at' | 'suspended_there' | 'fetched_at'> & {
  public_pem: string
  expires_at: number | null
  asked_at: number | null
}

const byKeyId = prepared<{ keyId: string }, Found>((db, { keyId }) =>
  db
    .selectFrom('account_key')
    .innerJoin('account', 'account.id', 'account_key.account_id')
    .select(['account.id', 'account.uri', 'account.host', 'account.suspended_at', 'account.fetched_at'])
    .select(['account.suspended_there'])
    .select(['public_pem', 'expires_at', 'asked_at'])
    .where('key_id', '=', keyId),
)

type Kept = {
  signers: LRUCache<string, Signer>
  /** When a key was last fetched; another try has to wait (SIG-28). */
  asked: LRUCache<string, number>
  /** How many unknown keys of a host were fetched within a minute (SIG-29). */
  hosts: LRUCache<string, { since: number; count: number }>
  /** Looks under way: who asks meanwhile waits for the same answer. */
  running: Map<string, Promise<Signer | null>>
  listening: boolean
}
const kept = keptBy<Kept>(() => ({
  signers: new LRUCache({ max: 10_000, ttl: HOUR }),
  asked: new LRUCache({ max: 20_000 }),
  hosts: new LRUCache({ max: 2000 }),
  running: new Map(),
  listening: false,
}))
/** Told when keys or the state of their owners changed: what is remembered about signers is dropped. */
export const KEYS_CHANGED = topic<null>('keys changed')

/** The signer a key id means, from what is known here; null when it is not known, or has ended (SIG-34). */
export async function knownSigner(app: App, keyId: string): Promise<Signer | null> {
  const memory = kept(app)
  if (!memory.listening) {
    memory.listening = true
    app.events.subscribe(KEYS_CHANGED, () => memory.signers.clear())
  }
  const remembered = memory.signers.get(keyId)
  if (remembered) return hasEnded(app, remembered) ? null : remembered
  const [row] = await byKeyId(app, { keyId })
  const key = row && readPublicKey(row.public_pem)
  if (!row || !key) return null
  const signer = {
    accountId: row.id,
    uri: row.uri,
    host: row.host,
    key,
    // Whom its own server suspended may still say that it is suspended no longer.
    suspended: row.suspended_at !== null && row.suspended_there === 0,
    expiresAt: row.expires_at,
  }
  memory.signers.set(keyId, signer)
  return hasEnded(app, signer) ? null : signer
}

const hasEnded = (app: App, { expiresAt }: Signer) => expiresAt !== null && expiresAt < app.now()

/** So many unknown keys of one host are looked for in a minute. */
const MOST_OF_HOST = 300

/**
 * Fetches the actor behind a key from its own origin and gives the signer, at most once a minute a key, also across
 * a restart. The key counts only when the actor's document lists it: a key document's word about its owner does not
 * (SIG-13 to SIG-16).
 */
function fetchSigner(app: App, keyId: string): Promise<Signer | null> {
  const { running, asked } = kept(app)
  const underway = running.get(keyId)
  if (underway) return underway
  // Somebody else's look may have ended since this one was judged by what was known before.
  if (app.now() - (asked.get(keyId) ?? Number.NEGATIVE_INFINITY) < MINUTE) return knownSigner(app, keyId)
  asked.set(keyId, app.now())
  const look = lookForSigner(app, keyId).finally(() => running.delete(keyId))
  running.set(keyId, look)
  return look
}

async function lookForSigner(app: App, keyId: string): Promise<Signer | null> {
  const [known] = await byKeyId(app, { keyId })
  if (known && app.now() - Math.max(known.fetched_at ?? 0, known.asked_at ?? 0) < MINUTE) return null
  if (!known && isAskedTooOften(app, keyId)) return null
  if (known) await noteAsked(app, keyId)
  await fetchOwner(app, keyId, known)
  kept(app).signers.delete(keyId)
  app.events.publish(KEYS_CHANGED, null)
  return knownSigner(app, keyId)
}

async function noteAsked(app: App, keyId: string): Promise<void> {
  await app.inTransaction(async (tx) => {
    await tx.db.updateTable('account_key').set({ asked_at: tx.now() }).where('key_id', '=', keyId).execute()
  })
}

function isAskedTooOften(app: App, keyId: string): boolean {
  const { hosts } = kept(app)
  const host = hostOf(keyId) ?? ''
  const tally = hosts.get(host)
  if (!tally || app.now() - tally.since >= MINUTE) {
    hosts.set(host, { since: app.now(), count: 1 })
    return false
  }
  tally.count++
  return tally.count > MOST_OF_HOST
}

/**
 * Who signed something with a key, when `isSignedWith` says that its public half fits; a failure makes us fetch the
 * key anew, within the bound of `fetchSigner`. Null when it was somebody else.
 */
export async function provenSigner(
  app: App,
  keyId: string,
  isSignedWith: (key: KeyObject) => Promise<boolean>,
): Promise<Signer | null> {
  const known = await knownSigner(app, keyId)
  if (known && (await isSignedWith(known.key))) return known
  if (app.domains.isOurs(hostOf(keyId) ?? '')) return null
  const fetched = await fetchSigner(app, keyId)
  if (!fetched || fetched === known) return null
  return (await isSignedWith(fetched.key)) ? fetched : null
}

async function fetchOwner(app: App, keyId: string, known?: Found): Promise<AccountRow | null> {
  if (known) return accountAt(app, known.uri, { refresh: true })
  const fetched = await fetchDocument(app, keyId.replace(/#.*$/, ''), { fresh: true })
  if (fetched.kind !== 'document') return null
  const { document } = fetched
  // Some servers serve the key alone; its owner is then asked.
  const owner = document.publicKeyPem === undefined ? null : webUrl(idOf(document.owner))
  if (owner) return sameOrigin(owner, keyId) ? accountAt(app, owner, { refresh: true }) : null
  return takeAccount(app, document, fetched.url)
}
