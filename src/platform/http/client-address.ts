import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { isAllowedAddress } from '#platform/addresses.ts'
import type { LatelyUsed } from '../cache.ts'
import { latelyUsed } from '../cache.ts'

/** Who asks, as far as the proxies that the operator trusts can tell. */
export type Client = {
  /** Canonical: IPv4 dotted (also where it came mapped into IPv6), IPv6 in RFC 5952 form, no zone. */
  ip: string
  /** The Host asked for, lower-case, with port if any; '' when there was none. */
  host: string
  proto: 'http' | 'https'
}

/** The other end of the connection; `address` is undefined for unix sockets, which only the operator can reach. */
export type Peer = { address: string | undefined; encrypted: boolean }

const canonical = latelyUsed<string, string>(10_000)
const networks = latelyUsed<string, string>(10_000)
const MOST_HOPS = 32

/** One spelling for each address, or null when the text is not an address. */
export function canonicalAddress(text: string): string | null {
  const known = canonical.get(text)
  if (known !== undefined) return known
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (isIP(bare) === 0) return null
  const address = ipaddr.process(bare)
  const name = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
  canonical.set(text, name)
  return name
}

/** What limits count by: an IPv4 address, or the /64 of an IPv6 one (a household has all of it). */
export function networkOf(ip: string): string {
  const known = networks.get(ip)
  if (known !== undefined) return known
  const name = canonicalAddress(ip) ?? ip
  let network = name
  if (name.includes(':')) {
    const parts = ipaddr.IPv6.parse(name).parts.slice(0, 4)
    network = `${parts.map((part) => part.toString(16)).join(':')}::/64`
  }
  networks.set(ip, network)
  return network
}

/**
 * Finds the client behind the trusted proxies: X-Forwarded-For (or RFC 7239 Forwarded) is walked from the
 * right, trusted hops are skipped. What an untrusted peer says about itself counts for nothing.
 */
export function readClient(headers: IncomingHttpHeaders, peer: Peer, trusted: readonly string[]): Client {
  const address = peer.address === undefined ? null : (canonicalAddress(peer.address) ?? peer.address)
  const client: Client = {
    ip: address ?? '127.0.0.1',
    host: (headers.host ?? '').toLowerCase(),
    proto: peer.encrypted ? 'https' : 'http',
  }
  if (address !== null && !isTrusted(address, trusted)) return client
  const hops = hopsOf(headers)
  for (let at = hops.length - 1; at >= Math.max(0, hops.length - MOST_HOPS); at--) {
    const hop = hops[at]
    // Something unreadable stands between us and the rest: what lies beyond cannot be vouched for.
    if (!hop) break
    client.ip = hop
    if (!isTrusted(hop, trusted)) break
  }
  const host = lastOf(headers['x-forwarded-host']) ?? forwardedPart(headers.forwarded, 'host')
  if (host && /^[a-z0-9.:[\]_-]{1,255}$/i.test(host)) client.host = host.toLowerCase()
  const proto = lastOf(headers['x-forwarded-proto']) ?? forwardedPart(headers.forwarded, 'proto')
  if (proto === 'https' || proto === 'http') client.proto = proto
  return client
}

const verdicts = new WeakMap<readonly string[], LatelyUsed<string, boolean>>()

function isTrusted(address: string, trusted: readonly string[]): boolean {
  let known = verdicts.get(trusted)
  if (!known) {
    known = latelyUsed(5000)
    verdicts.set(trusted, known)
  }
  let verdict = known.get(address)
  if (verdict === undefined) {
    verdict = isAllowedAddress(address, trusted)
    known.set(address, verdict)
  }
  return verdict
}

// Leftmost is farthest. null stands for a hop that is not an address (`unknown`, `_hidden`, garbage).
function hopsOf(headers: IncomingHttpHeaders): (string | null)[] {
  const forwardedFor = headers['x-forwarded-for']
  if (forwardedFor !== undefined) {
    const text = Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor
    return text.split(',').map((hop) => withoutPort(hop.trim()))
  }
  if (!headers.forwarded) return []
  return headers.forwarded.split(',').map((element) => {
    const value = pairOf(element, 'for')
    return value === null ? null : withoutPort(value)
  })
}

function withoutPort(hop: string): string | null {
  const direct = canonicalAddress(hop)
  if (direct) return direct
  const found = /^\[([^\]]+)\](?::\d+)?$/.exec(hop) ?? /^([\d.]+):\d+$/.exec(hop)
  return found ? canonicalAddress(found[1] as string) : null
}

function forwardedPart(header: string | undefined, name: string): string | null {
  return header === undefined ? null : pairOf(header.split(',').at(-1) as string, name)
}

function pairOf(element: string, name: string): string | null {
  for (const pair of element.split(';')) {
    const [key, ...rest] = pair.split('=')
    if (key?.trim().toLowerCase() !== name) continue
    return rest
      .join('=')
      .trim()
      .replace(/^"(.*)"$/, '$1')
  }
  return null
}

function lastOf(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header.at(-1) : header
  return text?.split(',').at(-1)?.trim() || null
}
