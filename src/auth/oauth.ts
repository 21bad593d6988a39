import { createHash } from 'node:crypto'
import type { App, HostedDomain } from '#app.ts'
import { rightsChanged } from '#happenings.ts'
import { invalid } from '#platform/errors.ts'
import { coversScope, parseScopes, SCOPES } from '#platform/http/scopes.ts'
import { hashToken, randomToken, timingSafeEqualText } from '#platform/secrets.ts'
import { MINUTE } from '#platform/times.ts'
import { applicationByClient, redirectUrisOf } from './apps.ts'
import { createToken } from './tokens.ts'
import type { ApplicationRow, GrantRow, UserRow } from './users.ts'

/** How long a code may wait to be exchanged. */
const CODE_MS = 10 * MINUTE

/** An OAuth refusal as RFC 6749 words it. */
export class OAuthRefusal extends Error {
  readonly error: string
  readonly status: number
  constructor(error: string, description: string, status = 400) {
    super(description)
    this.error = error
    this.status = status
  }
}

/** A request to let an app in, checked. `error` is for the app, at its address; what is wrong with the address itself is thrown. */
export type AuthorizeRequest = {
  application: ApplicationRow
  redirectUri: string
  scopes: string[]
  state: string
  codeChallenge: string | null
  error?: string
  description?: string
}

/** Reads a request for consent. Throws `invalid` when client or address cannot be trusted: nothing may be sent there (OAU-01). */
export async function readAuthorizeRequest(
  app: App,
  fields: Record<string, string>,
): Promise<AuthorizeRequest> {
  const application = fields.client_id ? await applicationByClient(app, fields.client_id) : undefined
  if (!application)
    throw invalid('No app with this client_id is registered here. Ask the app to register again.')
  const redirectUri = fields.redirect_uri ?? ''
  if (!redirectUrisOf(application).some((registered) => isSameRedirect(registered, redirectUri))) {
    throw invalid('The address to send you back to is not one that this app registered.')
  }
  const request = {
    application,
    redirectUri,
    state: fields.state ?? '',
    codeChallenge: fields.code_challenge || null,
  }
  const refuse = (error: string, description: string): AuthorizeRequest => ({
    ...request,
    scopes: [],
    error,
    description,
  })
  if (fields.response_type !== 'code')
    return refuse('unsupported_response_type', 'Only response_type=code is supported.')
  const method = fields.code_challenge_method
  if (fields.code_challenge ? method !== 'S256' : method) {
    return refuse('invalid_request', 'Only the S256 code challenge method is supported.')
  }
  if (fields.code_challenge && !/^[A-Za-z0-9_-]{43}$/.test(fields.code_challenge)) {
    return refuse('invalid_request', 'The code challenge is not what S256 makes.')
  }
  const asked = (fields.scope?.trim() || 'read').split(/[\s+]+/)
  const granted = application.scopes.split(' ')
  const isKnown = asked.every((scope) => SCOPES.includes(scope))
  if (!isKnown || !asked.every((scope) => coversScope(granted, scope))) {
    return refuse('invalid_scope', 'The requested scope is invalid, unknown, or malformed.')
  }
  return { ...request, scopes: parseScopes(asked.join(' ')) }
}

/** Equal to the letter, but for the port of a loopback address (RFC 8252 §7.3; OAU-02). */
function isSameRedirect(registered: string, given: string): boolean {
  if (registered === given) return true
  if (!/^http:\/\/(127\.0\.0\.1|\[::1\])(:\d+)?\//.test(registered) || !URL.canParse(given)) return false
  const bare = (uri: string) => uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+/, '$1')
  return new URL(given).username === '' && bare(registered) === bare(given)
}

/** Gives the app a code for the member who let it in. */
export async function grantCode(app: App, user: UserRow, request: AuthorizeRequest): Promise<string> {
  const code = randomToken()
  await app.inTransaction(async (tx) => {
    const row: GrantRow = {
      id: tx.newId(),
      code_hash: hashToken(code),
      application_id: request.application.id,
      user_id: user.id,
      redirect_uri: request.redirectUri,
      scopes: request.scopes.join(' '),
      code_challenge: request.codeChallenge,
      created_at: tx.now(),
      expires_at: tx.now() + CODE_MS,
      used_at: null,
    }
    await tx.db.insertInto('grant').values(row).execute()
  })
  return code
}

export type Exchange = { code: string; redirectUri: string; verifier: string | undefined }
export type Granted = { token: string; scopes: string[] }

/**
 * Exchanges a code for a token, once. A second try ends the token of the first (RFC 6749 §4.1.2, OAU-04).
 * Throws OAuthRefusal `invalid_grant` for any code that is not this client's, at this address, in time.
 */
export async function exchangeCode(
  app: App,
  application: ApplicationRow,
  exchange: Exchange,
): Promise<Granted> {
  const bad = new OAuthRefusal(
    'invalid_grant',
    'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  )
  const outcome = await app.inTransaction(async (tx): Promise<Granted | null> => {
    const grant = await tx.db
      .selectFrom('grant')
      .selectAll()
      .where('code_hash', '=', hashToken(exchange.code))
      .executeTakeFirst()
    if (!grant || grant.application_id !== application.id) return null
    const claimed = await tx.db
      .updateTable('grant')
      .set({ used_at: tx.now() })
      .where('id', '=', grant.id)
      .where('used_at', 'is', null)
      .executeTakeFirst()
    if (claimed.numUpdatedRows === 0n) {
      await revokeTokensOf(tx, grant)
      return null
    }
    if (grant.expires_at <= tx.now() || grant.redirect_uri !== exchange.redirectUri) return null
    if (!isProven(grant.code_challenge, exchange.verifier)) return null
    const scopes = grant.scopes.split(' ')
    const wanted = { applicationId: application.id, userId: grant.user_id, scopes, grantId: grant.id }
    return { token: await createToken(tx, wanted), scopes }
  })
  if (!outcome) throw bad
  return outcome
}

async function revokeTokensOf(tx: App, grant: GrantRow): Promise<void> {
  await tx.db.updateTable('token').set({ revoked_at: tx.now() }).where('grant_id', '=', grant.id).execute()
  await tx.emit(rightsChanged, { userId: grant.user_id })
}

/**
 * PKCE S256 (RFC 7636): where a challenge was given, its verifier must come. A verifier without a challenge says
 * that somebody took the challenge out on the way (RFC 9700 §2.1.1; OAU-06).
 */
function isProven(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null) return !verifier
  if (!verifier || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false
  return timingSafeEqualText(createHash('sha256').update(verifier).digest('base64url'), challenge)
}

/** The name under which this server answers for a domain, in the metadata and in every answer (RFC 9207; OAU-19). */
export const issuerOf = (domain: HostedDomain): string => `${domain.origin}/`

/** The metadata of RFC 8414, from the configured origin (OAU-22). */
export function metadataOf(domain: HostedDomain) {
  const at = (path: string) => `${domain.origin}${path}`
  return {
    issuer: issuerOf(domain),
    authorization_endpoint: at('/oauth/authorize'),
    token_endpoint: at('/oauth/token'),
    revocation_endpoint: at('/oauth/revoke'),
    userinfo_endpoint: at('/oauth/userinfo'),
    app_registration_endpoint: at('/api/v1/apps'),
    scopes_supported: [...SCOPES],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    service_documentation: 'https://docs.joinmastodon.org/',
  }
}
