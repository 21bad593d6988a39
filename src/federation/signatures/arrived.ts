import type { Context } from 'hono'
import type { HostedDomain } from '#app.ts'
import { type Site, targetOf } from '#platform/http/facts.ts'
import type { SignedRequest } from './signatures-claim.ts'

/** A request as it arrived, for judging its signature. */
export function arrivedRequest(c: Context<Site>, domain: HostedDomain, body: Buffer | null): SignedRequest {
  const hosts = hostsOf(domain)
  return { method: c.req.method, path: targetOf(c.req.url), headers: headersOf(c), body, hosts }
}

/** The names that a domain answers to. */
export function hostsOf(domain: HostedDomain): string[] {
  return [domain.web_host, domain.name, ...domain.alternates]
}

/** The headers as they came, doubled ones as lists. */
export function headersOf(c: Context<Site>): Record<string, string | string[] | undefined> {
  const { incoming } = c.env ?? {}
  // Node's `headers` drops a second Date or Host silently; both must be seen to be refused.
  if (incoming) return incoming.headersDistinct
  const headers: Record<string, string> = Object.fromEntries(c.req.raw.headers)
  return { host: new URL(c.req.url).host, ...headers }
}
