import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Range = [Address, number]

/** What is to be done with the host of a URL: refuse it, connect to a known address, or resolve it. */
export type HostVerdict =
  | { kind: 'refused'; reason: 'host-name' | 'private-address' }
  | { kind: 'address'; address: string }
  | { kind: 'resolve'; onlyAllowed: boolean }

// The IANA special-purpose registry, everything that is not an ordinary host of the public network.
const SPECIAL_IPV4 = ranges([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])

// IPv6 is a positive list: every form that carries an IPv4 address inside (mapped, compatible, NAT64) lies
// outside of it, and those that lie within (Teredo, 6to4) are taken out again.
const GLOBAL_IPV6 = ranges(['2000::/3'])
const SPECIAL_IPV6 = ranges([
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3ffe::/16',
  '3fff::/20',
])

// Names that never mean a host of the public network (RFC 6761, 6762, 8375, 9476 and long custom).
const PRIVATE_SUFFIXES = [
  'arpa',
  'corp',
  'home',
  'internal',
  'intranet',
  'lan',
  'local',
  'localdomain',
  'private',
]
// Names of networks the resolver cannot reach; asking it would only tell others whom we wanted.
const OTHER_NETWORKS = ['alt', 'onion', 'i2p', 'loki', 'bit', 'exit', 'gnu', 'zkey']

// The fetch standard's list of bad ports, and the ports of databases and caches.
const BAD_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 1433, 1521, 2375,
  2376, 2379, 2380, 3306, 3389, 5432, 5984, 6379, 7000, 7001, 9042, 9200, 9300, 11211, 26379, 27017, 27018,
])

const allowedRanges = new WeakMap<readonly string[], Range[]>()

/**
 * Whether an outgoing connection to this address is fine: an ordinary host of the public network, or inside
 * one of `allowed` (addresses or CIDR blocks the operator named).
 */
export function isPublicAddress(ip: string, allowed: readonly string[] = []): boolean {
  const address = readAddress(ip)
  if (!address) return false
  if (isWithin(address, rangesOf(allowed))) return true
  if (address.kind() === 'ipv4') return !isWithin(address, SPECIAL_IPV4)
  return isWithin(address, GLOBAL_IPV6) && !isWithin(address, SPECIAL_IPV6)
}

/** Whether the operator's own list names this address. */
export function isAllowedAddress(ip: string, allowed: readonly string[]): boolean {
  const address = readAddress(ip)
  return address !== null && isWithin(address, rangesOf(allowed))
}

/**
 * Decides from the host name alone, before any resolver is asked. `hostname` is what the URL parser made of
 * it. Names of private networks are resolved only when the operator allows private addresses, and then every
 * address must be an allowed one (`onlyAllowed`).
 */
export function judgeHost(hostname: string, allowed: readonly string[] = []): HostVerdict {
  const name = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (isIP(name)) {
    return isPublicAddress(name, allowed)
      ? { kind: 'address', address: name }
      : { kind: 'refused', reason: 'private-address' }
  }
  const labels = name.split('.')
  const last = labels.at(-1) ?? ''
  if (!isHostName(name, last)) return { kind: 'refused', reason: 'host-name' }
  if (last === 'localhost') return judgeLoopback(allowed)
  if (OTHER_NETWORKS.includes(last)) return { kind: 'refused', reason: 'host-name' }
  if (labels.length > 1 && !PRIVATE_SUFFIXES.includes(last)) return { kind: 'resolve', onlyAllowed: false }
  return allowed.length > 0
    ? { kind: 'resolve', onlyAllowed: true }
    : { kind: 'refused', reason: 'host-name' }
}

/** Why this host name may not be connected to, or null when it may (its addresses are judged later). */
export function hostRefusal(hostname: string, allowed: readonly string[] = []): string | null {
  const verdict = judgeHost(hostname, allowed)
  return verdict.kind === 'refused' ? verdict.reason : null
}

/** Whether the port belongs to something that is not a web server (fetch standard, "bad port"). */
export function isBadPort(port: number): boolean {
  return BAD_PORTS.has(port)
}

// RFC 6761: these names are loopback whatever a resolver says, so it is not asked.
function judgeLoopback(allowed: readonly string[]): HostVerdict {
  const address = ['127.0.0.1', '::1'].find((candidate) => isAllowedAddress(candidate, allowed))
  return address ? { kind: 'address', address } : { kind: 'refused', reason: 'host-name' }
}

// A last label made of digits would be read as an address by some resolvers; a trailing dot is a second
// spelling of a host that every comparison of names would miss.
function isHostName(name: string, last: string): boolean {
  return name.length <= 253 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && !/^(\d+|0x[\da-f]*)$/.test(last)
}

function readAddress(ip: string): Address | null {
  // A zone id chooses a network interface of ours: never somebody else's business.
  if (isIP(ip) === 0 || ip.includes('%')) return null
  // ipaddr.js takes `::127.0.0.1` for a mapped address, which it is not: the URL parser knows better.
  const isMixed = ip.includes(':') && ip.includes('.')
  const address = ipaddr.parse(isMixed ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip)
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? unmapped(address) : address
}

// The system connects `::ffff:a.b.c.d` to `a.b.c.d`, so the operator's list is asked about the latter; a
// public address in this spelling stays refused, as nobody honest publishes it.
function unmapped(address: ipaddr.IPv6): Address {
  const inner = address.toIPv4Address()
  return isWithin(inner, SPECIAL_IPV4) ? inner : address
}

function rangesOf(allowed: readonly string[]): Range[] {
  let found = allowedRanges.get(allowed)
  if (!found) {
    found = ranges(allowed)
    allowedRanges.set(allowed, found)
  }
  return found
}

function ranges(blocks: readonly string[]): Range[] {
  return blocks.map((block) => {
    if (block.includes('/')) return ipaddr.parseCIDR(block)
    const address = ipaddr.parse(block)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  })
}

function isWithin(address: Address, blocks: readonly Range[]): boolean {
  return blocks.some(([start, bits]) => start.kind() === address.kind() && address.match([start, bits]))
}
