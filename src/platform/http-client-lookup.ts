import { lookup, Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP, type LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import { isAllowedAddress, isPublicAddress, judgeHost } from '#platform/addresses.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'

/** Names to addresses; throws or answers none when there is none. */
export type Resolve = (hostname: string) => Promise<string[]>

/**
 * Gives the agents their only source of addresses. The socket connects to what this function answers and
 * nothing else, so there is no moment between check and use in which a name could change its mind. One bad
 * address among good ones condemns the name.
 */
export function guardLookup(resolve: Resolve, allowed: readonly string[]): LookupFunction {
  const addressesOf = async (hostname: string): Promise<string[]> => {
    const verdict = judgeHost(hostname, allowed)
    if (verdict.kind === 'refused') throw new HttpFailure(verdict.reason, hostname)
    if (verdict.kind === 'address') return [verdict.address]
    const addresses = await resolve(hostname)
    if (addresses.length === 0) throw new HttpFailure('dns', hostname)
    const isFine = verdict.onlyAllowed ? isAllowedAddress : isPublicAddress
    if (!addresses.every((address) => isFine(address, allowed))) {
      throw new HttpFailure('private-address', hostname)
    }
    return addresses
  }
  return (hostname, options, callback) => {
    addressesOf(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }))
        const first = found[0] ?? { address: '', family: 0 }
        if (options.all) callback(null, found)
        else callback(null, first.address, first.family)
      },
      (error) => {
        const failure = error instanceof HttpFailure ? error : new HttpFailure('dns', hostname, error)
        callback(failure, '', 0)
      },
    )
  }
}

/**
 * The resolver for names of the public network: the hosts file, then DNS by Node's own client, which asks for
 * any number of names at once. The system's resolver would wait in a line of two, where a few hundred dead
 * names keep everybody else waiting for minutes; it is asked for what only it may know: single-label names,
 * names of private networks, and names that DNS denies. Answers are remembered for a minute.
 */
export function openResolver(hostsFile = '/etc/hosts'): Resolve {
  const dns = new Resolver({ timeout: 2_000, tries: 2 })
  const known = new LRUCache<string, Promise<string[]>>({ max: 5_000, ttl: 60_000 })
  const ask = async (hostname: string): Promise<string[]> => {
    const listed = (await hostsIn(known, hostsFile)).filter((line) => line.endsWith(` ${hostname}`))
    if (listed.length > 0) return listed.map((line) => line.slice(0, line.indexOf(' ')))
    const isOrdinary = judgeHost(hostname).kind === 'resolve'
    return isOrdinary ? ((await askDns(dns, hostname)) ?? askSystem(hostname)) : askSystem(hostname)
  }
  return (hostname) => {
    const held = known.get(hostname)
    if (held) return held
    const asked = ask(hostname)
    known.set(hostname, asked)
    asked.catch(() => known.delete(hostname))
    return asked
  }
}

/** The entries of a hosts file, each as `address name` in lower case. */
export function readHosts(text: string): string[] {
  return text
    .toLowerCase()
    .split('\n')
    .flatMap((line) => {
      const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
      return isIP(address) ? names.map((name) => `${address} ${name}`) : []
    })
}

// Kept beside the names, under a key that no name can have.
function hostsIn(known: LRUCache<string, Promise<string[]>>, file: string): Promise<string[]> {
  let read = known.get(file)
  if (!read) {
    read = readFile(file, 'utf8').then(readHosts, () => [])
    known.set(file, read)
  }
  return read
}

// Null when DNS has no such name or is not there at all; throws when it gives no answer.
async function askDns(dns: Resolver, hostname: string): Promise<string[] | null> {
  const [four, six] = await Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)])
  const found = [four, six].flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  if (found.length > 0) return found
  const isDenied = [four, six].every(
    (result) =>
      result.status === 'rejected' && ['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'].includes(result.reason?.code),
  )
  if (isDenied) return null
  throw new HttpFailure('dns', hostname)
}

async function askSystem(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true })
  return found.map(({ address }) => address)
}
