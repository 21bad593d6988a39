import { z } from 'zod'
import { presentAccount } from '#accounts/present-account.ts'
import type { App } from '#app.ts'
import { endpoint, Reply } from '#platform/http/endpoint.ts'
import { coversScope, parseScopes } from '#platform/http/scopes.ts'
import { authenticateClient } from './apps.ts'
import type { Granted } from './oauth.ts'
import { exchangeCode, issuerOf, metadataOf, OAuthRefusal } from './oauth.ts'
import { createToken, revokeToken, tokenByText } from './tokens.ts'
import type { ApplicationRow } from './users.ts'

const field = z.string().max(10_000).optional()
const Problem = z.object({ error: z.string(), error_description: z.string() })
const Token = z.object({
  access_token: z.string(),
  token_type: z.string(),
  scope: z.string(),
  created_at: z.number().int(),
})
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

type Credentials = { client_id?: string | undefined; client_secret?: string | undefined }

/** The client that asks, by HTTP Basic or by form fields; throws `invalid_client` (OAU-07). */
async function clientOf(app: App, body: Credentials, header: string | undefined): Promise<ApplicationRow> {
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
async function answer<T>(
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

export const tokenEndpoint = endpoint({
  route: 'POST /oauth/token',
  scope: 'public',
  summary: 'Exchange a code, or an application’s own credentials, for a token',
  body: z.object({
    grant_type: field,
    code: field,
    redirect_uri: field,
    code_verifier: field,
    client_id: field,
    client_secret: field,
    scope: field,
  }),
  returns: z.union([Token, Problem]),
  handle: ({ app, body, request }) =>
    answer(request.header('authorization'), async () => {
      const grant = body.grant_type ?? ''
      if (grant !== 'authorization_code' && grant !== 'client_credentials') {
        throw new OAuthRefusal(
          'unsupported_grant_type',
          'The authorization grant type is not supported by the authorization server.',
        )
      }
      const application = await clientOf(app, body, request.header('authorization'))
      const granted =
        grant === 'authorization_code'
          ? await exchangeCode(app, application, {
              code: body.code ?? '',
              redirectUri: body.redirect_uri ?? '',
              verifier: body.code_verifier,
            })
          : await ownToken(app, application, body.scope)
      return {
        access_token: granted.token,
        token_type: 'Bearer',
        scope: granted.scopes.join(' '),
        created_at: Math.floor(app.now() / 1000),
      }
    }),
})

async function ownToken(app: App, application: ApplicationRow, scope: string | undefined): Promise<Granted> {
  const own = application.scopes.split(' ')
  let scopes: string[]
  try {
    scopes = parseScopes(scope || 'read')
  } catch {
    throw new OAuthRefusal('invalid_scope', 'The requested scope is invalid, unknown, or malformed.')
  }
  if (!scopes.every((each) => coversScope(own, each))) {
    throw new OAuthRefusal('invalid_scope', 'The requested scope is invalid, unknown, or malformed.')
  }
  return { token: await createToken(app, { applicationId: application.id, userId: null, scopes }), scopes }
}

export const revokeEndpoint = endpoint({
  route: 'POST /oauth/revoke',
  scope: 'public',
  summary: 'End a token',
  body: z.object({ token: field, client_id: field, client_secret: field }),
  returns: z.union([z.object({}).strict(), Problem]),
  handle: ({ app, body, request }) =>
    answer(request.header('authorization'), async () => {
      const known = body.token ? await tokenByText(app, body.token) : undefined
      // Whoever names a token that never was learns nothing.
      if (!known) return {}
      const refused = new OAuthRefusal(
        'unauthorized_client',
        'You are not authorized to revoke this token',
        403,
      )
      const application = await clientOf(app, body, request.header('authorization')).catch(() => null)
      if (!application || application.id !== known.application_id) throw refused
      await revokeToken(app, known)
      return {}
    }),
})

const UserInfo = z.object({
  iss: z.string(),
  sub: z.string(),
  name: z.string(),
  preferred_username: z.string(),
  profile: z.string(),
  picture: z.string(),
})

function userInfo<R extends 'GET /oauth/userinfo' | 'POST /oauth/userinfo'>(route: R) {
  return endpoint({
    route,
    scope: 'profile',
    summary: 'Who the token’s member is (OpenID Connect)',
    returns: UserInfo,
    handle: async ({ app, viewer, domain }) => {
      const shown = await presentAccount(app, { domain, account: viewer.account }, viewer.account)
      return {
        iss: issuerOf(domain),
        sub: viewer.account.uri,
        name: shown.display_name,
        preferred_username: shown.username,
        profile: shown.url,
        picture: shown.avatar,
      }
    },
  })
}
export const userInfoEndpoint = userInfo('GET /oauth/userinfo')
export const userInfoPostEndpoint = userInfo('POST /oauth/userinfo')

export const metadataEndpoint = endpoint({
  route: 'GET /.well-known/oauth-authorization-server',
  scope: 'public',
  summary: 'What this authorization server can do (RFC 8414)',
  cacheSeconds: 300,
  returns: z.record(z.string(), z.unknown()),
  handle: async ({ domain }) => metadataOf(domain),
})
