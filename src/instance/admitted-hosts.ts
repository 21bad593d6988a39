import type { App } from '#app.ts'

/**
 * Whether we speak with a host at all: with every one, or in limited federation with those that were allowed. Asked
 * before anything is fetched from, sent to, taken from or shown to it.
 */
export async function isAdmitted(app: App, host: string): Promise<boolean> {
  const { limitedFederationMode, allowedHosts } = app.config
  return !limitedFederationMode || app.domains.isOurs(host) || allowedHosts.includes(host)
}
