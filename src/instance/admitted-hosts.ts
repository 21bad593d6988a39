import type { App } from '#app.ts'
import { isAllowed, policyOf } from './domain-policies.ts'

/**
 * Whether we speak with a host at all: with every one that was not suspended, or in limited federation with those
 * that were allowed. Asked before anything is fetched from, sent to, taken from or shown to it (BLK-04).
 */
export async function isAdmitted(app: App, host: string): Promise<boolean> {
  if (app.domains.isOurs(host)) return true
  if ((await policyOf(app, host))?.severity === 'suspend') return false
  const { limitedFederationMode, allowedHosts } = app.config
  return !limitedFederationMode || allowedHosts.includes(host) || (await isAllowed(app, host))
}
