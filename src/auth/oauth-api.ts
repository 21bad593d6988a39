import { z } from 'zod'
import { presentAccount } from '#accounts/present-account.ts'
import type { App } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { coversScope, parseScopes } from '#platform/http/scopes.ts'
import type { Granted } from './oauth.ts'
import { exchangeCode, issuerOf, metadataOf, OAuthRefusal } from './oauth.ts'
import { answer, clientOf, Problem } from './oauth-client.ts'
import { createToken, revokeToken, tokenByText } from './tokens.ts'
import type { ApplicationRow } from './users.ts'

const field = z.string().max(10_000).optional()
const Token = z.object({
  access_token: z.string(),
  token_type: z.string(),
  scope: z.string(),
  created_at: z.number().int(),
})
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
