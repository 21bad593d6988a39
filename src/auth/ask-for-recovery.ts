import type { App, HostedDomain } from '#app.ts'
import { networkOf } from '#platform/http/client-address.ts'
import { MINUTE } from '#platform/times.ts'
import { countAttempt, lettersTo } from './attempts.ts'
import { oweLetter } from './send-letter.ts'
import { userByEmail } from './users.ts'

/**
 * Mails a reset link to whoever has this address here. Who asks learns nothing of whether anybody does (ACC-06), and
 * is stopped after five times in half an hour for one address (ACC-09).
 */
export async function askForRecovery(
  app: App,
  domain: HostedDomain,
  { email, ip }: { email: string; ip: string },
): Promise<void> {
  const address = email.trim()
  await countAttempt(app, [
    lettersTo(address),
    { key: `recovery ${networkOf(ip)}`, most: 25, spanMs: 5 * MINUTE },
  ])
  const user = await userByEmail(app, domain, address)
  if (!user || user.disabled_at !== null) return
  await app.inTransaction((tx) => oweLetter(tx, user, 'reset'))
}
