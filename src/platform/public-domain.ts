import ipaddr from 'ipaddr.js'

const PRIVATE_ENDINGS = [
  'localhost',
  'local',
  'test',
  'example',
  'invalid',
  'internal',
  'intranet',
  'lan',
  'home',
]

/** The host of `host[:port]`, without brackets. */
export const hostOf = (domain: string): string =>
  domain
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()

/** Whether a domain is this machine itself: localhost, something under it, or a loopback address. */
export function isLoopbackDomain(domain: string): boolean {
  const host = hostOf(domain)
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'loopback'
  return host === 'localhost' || host.endsWith('.localhost')
}

/** Whether strangers on the internet could mean the domain: plain http and test switches are refused for it. */
export function isPublicDomain(domain: string): boolean {
  const host = hostOf(domain)
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'unicast'
  const labels = host.split('.')
  const last = labels.at(-1) ?? ''
  return labels.length > 1 && !PRIVATE_ENDINGS.includes(last) && !host.endsWith('.home.arpa')
}
