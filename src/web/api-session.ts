import type { App, HostedDomain } from '#app.ts'
import type { Session } from '#auth/sessions.ts'
import { sessionFor } from '#auth/sessions.ts'
import { notAllowed, unauthenticated } from '#platform/errors.ts'
import type { RequestFacts } from '#platform/http/endpoint.ts'
import { timingSafeEqualText } from '#platform/secrets.ts'
import { readCookie, sessionCookie } from './visit.ts'

/**
 * The signed-in browser that calls the API for its own pages. Throws 401 without a session of this domain, and 403
 * when the request does not carry the session's secret, which a page of another site cannot know.
 */
export async function browserSession(
  app: App,
  domain: HostedDomain,
  request: RequestFacts,
): Promise<Session> {
  const token = readCookie(request.header('cookie'), sessionCookie(domain))
  const session = token ? await sessionFor(app, token) : null
  if (session?.user.domain_id !== domain.id) throw unauthenticated()
  if (!timingSafeEqualText(request.header('x-csrf-token') ?? '', session.csrf))
    throw notAllowed("Can't verify CSRF token authenticity.")
  return session
}
