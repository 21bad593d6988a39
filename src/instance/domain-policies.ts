import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { topic } from '#platform/pubsub.ts'

/** What may be decided about a server: only what the switches say, limited to its own followers, or nothing at all. */
export const severities = ['noop', 'silence', 'suspend'] as const
export type Severity = (typeof severities)[number]

/** A decision about a server and everything below its name. */
export type DomainPolicyRow = {
  id: number
  domain: string
  severity: Severity
  reject_media: number
  reject_reports: number
  obfuscate: number
  private_comment: string
  public_comment: string
  created_at: number
  updated_at: number
}

/** A server with which a server in limited federation speaks. */
export type DomainAllowRow = { id: number; domain: string; created_at: number }

export type DomainPolicyTables = { domain_policy: DomainPolicyRow; domain_allow: DomainAllowRow }

/** Told when a decision about a server was made, changed or taken back. */
const CHANGED = topic<null>('domain policies')

type Kept = { policies: Map<string, DomainPolicyRow>; allowed: Set<string> }
const memory = keptBy(() => ({ kept: null as Promise<Kept> | null, listening: false }))

/** Has every thread read the decisions anew; called after a change was committed. */
export function forgetPolicies(app: App): void {
  app.events.publish(CHANGED, null)
}

async function keptOf(app: App): Promise<Kept> {
  const held = memory(app)
  if (!held.listening) {
    held.listening = true
    app.events.subscribe(CHANGED, () => {
      held.kept = null
    })
  }
  held.kept ??= read(app).catch((error) => {
    held.kept = null
    throw error
  })
  return held.kept
}

async function read(app: App): Promise<Kept> {
  const policies = await app.db.selectFrom('domain_policy').selectAll().execute()
  const allowed = await app.db.selectFrom('domain_allow').select('domain').execute()
  return {
    policies: new Map(policies.map((row) => [row.domain, row])),
    allowed: new Set(allowed.map(({ domain }) => domain)),
  }
}

/** The decision that holds for a host: its own, or that of the nearest name above it; null where there is none. */
export async function policyOf(app: App, host: string): Promise<DomainPolicyRow | null> {
  const { policies } = await keptOf(app)
  if (policies.size === 0) return null
  for (const name of namesAbove(host)) {
    const policy = policies.get(name)
    if (policy) return policy
  }
  return null
}

/** Whether a host was allowed by hand, besides those of the settings. */
export async function isAllowed(app: App, host: string): Promise<boolean> {
  return (await keptOf(app)).allowed.has(withoutPort(host))
}

const withoutPort = (host: string) => host.toLowerCase().replace(/:\d+$/, '')

/** The names whose decisions hold for a host: `a.b.example` → itself with its port, itself, `b.example`, `example`. */
export function namesAbove(host: string): string[] {
  const bare = withoutPort(host)
  const parts = bare.split('.')
  return [host.toLowerCase(), ...parts.map((_, at) => parts.slice(at).join('.'))]
}

/** A name of which only the beginning and the end can be read: `ex****e.com`. */
export function obfuscated(domain: string): string {
  const length = domain.length
  const shown = Math.max(1, Math.floor(length / 4))
  return [...domain]
    .map((char, at) => (char === '.' || at < shown || at >= length - shown ? char : '*'))
    .join('')
}
