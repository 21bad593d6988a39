import type { App, HostedDomain, Viewer } from '#app.ts'
import { findToken } from '#auth/tokens.ts'
import { readPreferences } from '#auth/users.ts'
import { networkOf } from '#platform/http/client-address.ts'
import { coversScope } from '#platform/http/scopes.ts'
import type { Hub } from './hub.ts'
import type { Listener } from './streams.ts'
import { StreamRefusal } from './streams.ts'

/** How many streams may be open at once: of one person, from one network, and of all. */
const MOST_PER_PERSON = 100
const MOST_PER_NETWORK = 1000
const MOST_OPEN = 20_000

/** How many bytes may wait for a client that does not read; then it is let go (FAIL-36). */
export const MOST_UNSENT = 256 * 1024

/** What of a signed-in member streams need to know. */
export function listenerOf(viewer: Viewer, domain: HostedDomain): Listener {
  return {
    tokenId: viewer.token.id,
    userId: viewer.user.id,
    accountId: viewer.account.id,
    domain,
    readsStatuses: coversScope(viewer.scopes, 'read:statuses'),
    readsNotifications: coversScope(viewer.scopes, 'read:notifications'),
    languages: readPreferences(viewer.user).chosenLanguages,
  }
}

/**
 * Whose stream a token opens on the domain of this host. Throws 401 for none and for what is no member's, 403
 * for members who may not act now. A host we do not serve counts as the member's own: proxies may put their name for
 * us there.
 */
export async function findListener(app: App, token: string | null, host: string): Promise<Listener> {
  if (!token) throw new StreamRefusal(401, 'Missing access token')
  const verdict = /^[A-Za-z0-9._~+/=-]{1,1024}$/.test(token) ? await findToken(app, token) : null
  if (!verdict?.viewer) throw new StreamRefusal(401, 'Invalid access token')
  if (verdict.refusal) throw new StreamRefusal(403, verdict.refusal)
  const home = app.domains.byId(verdict.viewer.user.domain_id)
  const asked = app.domains.byHost(host) ?? home
  if (!home || asked?.id !== home.id) throw new StreamRefusal(401, 'Invalid access token')
  return listenerOf(verdict.viewer, home)
}

const people = new WeakMap<Hub, Map<string, number>>()

/** Counts a stream in, and gives what counts it out again; throws 429 when there are too many. */
export function takePlace(hub: Hub, listener: Listener, ip: string): () => void {
  const counts = people.get(hub) ?? new Map<string, number>()
  people.set(hub, counts)
  const limits: [string, number][] = [
    [`person ${listener.userId}`, MOST_PER_PERSON],
    [`network ${networkOf(ip)}`, MOST_PER_NETWORK],
  ]
  const isFull = limits.some(([key, most]) => (counts.get(key) ?? 0) >= most)
  if (hub.connections.size >= MOST_OPEN || (isFull && hub.app.config.rateLimits))
    throw new StreamRefusal(429, 'Too many open streams')
  for (const [key] of limits) counts.set(key, (counts.get(key) ?? 0) + 1)
  return () => {
    for (const [key] of limits) {
      const left = (counts.get(key) ?? 1) - 1
      if (left > 0) counts.set(key, left)
      else counts.delete(key)
    }
  }
}
