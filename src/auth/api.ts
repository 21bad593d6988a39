import { z } from 'zod'
import type { App } from '#app.ts'
import { notAllowed } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, text } from '#platform/http/forms-fields.ts'
import { redirectUrisOf, registerApplication } from './apps.ts'
import { signUp } from './sign-up.ts'
import { createToken } from './tokens.ts'
import type { ApplicationRow } from './users.ts'
import { readPreferences } from './users.ts'

const Application = z.object({
  id: z.string(),
  name: z.string(),
  website: z.string().nullable(),
  scopes: z.array(z.string()),
  redirect_uris: z.array(z.string()),
  redirect_uri: z.string(),
  vapid_key: z.string(),
})
const CredentialApplication = Application.extend({
  client_id: z.string(),
  client_secret: z.string(),
  client_secret_expires_at: z.number().int(),
})
const Token = z.object({
  access_token: z.string(),
  token_type: z.string(),
  scope: z.string(),
  created_at: z.number().int(),
})

function presentApplication(app: App, row: ApplicationRow): z.input<typeof Application> {
  const uris = redirectUrisOf(row)
  return {
    id: String(row.id),
    name: row.name,
    website: row.website,
    scopes: row.scopes.split(' '),
    redirect_uris: uris,
    redirect_uri: uris.join('\n'),
    vapid_key: app.config.vapid?.publicKey ?? '',
  }
}

export const createApplicationEndpoint = endpoint({
  route: 'POST /api/v1/apps',
  scope: 'public',
  summary: 'Register an application',
  limit: 'apps',
  body: z.object({
    client_name: text().optional(),
    redirect_uris: z.union([z.string().max(100_000), z.array(z.string().max(2000)).max(50)]).optional(),
    scopes: z.string().max(4000).optional(),
    website: text().optional(),
  }),
  returns: CredentialApplication,
  handle: async ({ app, body }) => {
    const { application, secret } = await registerApplication(app, {
      name: body.client_name ?? '',
      redirectUris: [body.redirect_uris ?? []].flat(),
      scopes: body.scopes || undefined,
      website: body.website || undefined,
    })
    return {
      ...presentApplication(app, application),
      client_id: application.client_id,
      client_secret: secret,
      client_secret_expires_at: 0,
    }
  },
})

export const verifyApplicationEndpoint = endpoint({
  route: 'GET /api/v1/apps/verify_credentials',
  scope: 'app',
  summary: 'The application a token belongs to',
  returns: Application,
  handle: async ({ app, token }) => {
    const id = token?.applicationId ?? 0
    const row = await app.db
      .selectFrom('application')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return presentApplication(app, row)
  },
})

export const registerAccountEndpoint = endpoint({
  route: 'POST /api/v1/accounts',
  scope: 'app',
  ifToken: 'write:accounts',
  summary: 'Sign somebody up; answers with their token',
  limit: 'accounts',
  body: z.object({
    username: text().optional(),
    email: text().optional(),
    password: z.string().max(10_000).optional(),
    agreement: flag.optional(),
    locale: z.string().max(35).optional(),
    reason: text().optional(),
    date_of_birth: z.string().max(20).optional(),
  }),
  returns: Token,
  handle: async ({ app, viewer, token, domain, body, request }) => {
    if (viewer || !token) throw notAllowed('This method requires an application token')
    const joined = await signUp(app, domain, {
      username: body.username?.trim() ?? '',
      email: body.email?.trim() || undefined,
      password: body.password ?? '',
      agreement: body.agreement ?? false,
      locale: body.locale,
      reason: body.reason || undefined,
      dateOfBirth: body.date_of_birth,
      ip: request.ip,
    })
    const made = await createToken(app, {
      applicationId: token.applicationId,
      userId: joined.user.id,
      scopes: token.scopes,
    })
    return {
      access_token: made,
      token_type: 'Bearer',
      scope: token.scopes.join(' '),
      created_at: Math.floor(app.now() / 1000),
    }
  },
})

export const preferencesEndpoint = endpoint({
  route: 'GET /api/v1/preferences',
  scope: 'read:accounts',
  summary: 'What the member prefers',
  returns: z.object({
    'posting:default:visibility': z.string(),
    'posting:default:sensitive': z.boolean(),
    'posting:default:language': z.string().nullable(),
    'posting:default:quote_policy': z.string(),
    'reading:expand:media': z.string(),
    'reading:expand:spoilers': z.boolean(),
    'reading:autoplay:gifs': z.boolean(),
  }),
  handle: async ({ viewer }) => {
    const preferences = readPreferences(viewer.user)
    return {
      'posting:default:visibility': preferences.visibility ?? (viewer.account.locked ? 'private' : 'public'),
      'posting:default:sensitive': preferences.sensitive,
      'posting:default:language': preferences.language,
      'posting:default:quote_policy': preferences.quotePolicy,
      'reading:expand:media': preferences.expandMedia,
      'reading:expand:spoilers': preferences.expandSpoilers,
      'reading:autoplay:gifs': preferences.autoplayGifs,
    }
  },
})
