import { z } from 'zod'
import type { App } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { text } from '#platform/http/forms-fields.ts'
import { redirectUrisOf, registerApplication } from './apps.ts'
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
