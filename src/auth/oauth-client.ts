import { z } from 'zod'
import type { App } from '#app.ts'
import { Reply } from '#platform/http/endpoint.ts'
import { authenticateClient } from './apps.ts'
import { OAuthRefusal } from './oauth.ts'
import type { ApplicationRow } from './users.ts'

/** How OAuth says no (RFC 6749 §5.2). */
export const Problem = z.object({ error: z.string(), error_description: z.string() })
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

type Credentials = { client_id?: string | undefined; client_secret?: string | undefined }

/** The client that asks, by HTTP Basic or by form fields; throws `invalid_client` (OAU-07). */
export async function clientOf(
  app: App,
  body: Credentials,
  header: string | undefined,
): Promise<ApplicationRow> {
  const [id, secret] = basicOf(header) ?? [body.client_id, body.client_secret]
  const application = id && secret ? await authenticateClient(app, id, secret) : null
  if (application) return application
  throw new OAuthRefusal(
    'invalid_client',
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
    401,
  )
}

/** Id and secret of a Basic header, each percent-decoded (RFC 6749 §2.3.1); null when there is none to be read. */
function basicOf(header: string | undefined): (string | undefined)[] | null {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (!basic) return null
  try {
    return Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
  } catch {
    return []
  }
}

/** Runs an OAuth answer; refusals take the shape of RFC 6749 §5.2. */
export async function answer<T>(
  header: string | undefined,
  work: () => Promise<T>,
): Promise<Reply<T | z.input<typeof Problem>>> {
  try {
    return new Reply<T | z.input<typeof Problem>>(await work(), { headers: NO_STORE })
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error
    const body = { error: error.error, error_description: error.message }
    const headers: Record<string, string> = { ...NO_STORE }
    // Only to those who came with the header: browsers open a window for it.
    if (error.status === 401 && header) headers['WWW-Authenticate'] = 'Basic realm="OAuth"'
    return new Reply<T | z.input<typeof Problem>>(body, { status: error.status, headers })
  }
}
