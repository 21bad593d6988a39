import { z } from 'zod'
import type { App } from '#app.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { answer, clientOf, Problem } from './oauth-client.ts'
import { tokenByText } from './tokens.ts'
import type { TokenRow } from './users.ts'

const field = z.string().max(10_000).optional()
const seconds = (ms: number) => Math.floor(ms / 1000)

export const tokenInfoEndpoint = endpoint({
  route: 'GET /oauth/token/info',
  scope: 'app',
  whileRefused: true,
  summary: 'What the token that asks is good for',
  returns: z.object({
    resource_owner_id: z.string().nullable(),
    scope: z.array(z.string()),
    expires_in: z.null(),
    application: z.object({ uid: z.string() }),
    created_at: z.number().int(),
  }),
  handle: async ({ app, viewer, token }) => {
    const { applicationId, scopes, createdAt } = token as NonNullable<typeof token>
    return {
      resource_owner_id: viewer ? String(viewer.user.id) : null,
      scope: scopes,
      expires_in: null,
      application: { uid: await clientIdOf(app, applicationId) },
      created_at: seconds(createdAt),
    }
  },
})

const Introspection = z.union([
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    scope: z.string(),
    client_id: z.string(),
    token_type: z.string(),
    iat: z.number().int(),
  }),
])

export const introspectEndpoint = endpoint({
  route: 'POST /oauth/introspect',
  scope: 'public',
  summary: 'Whether a token of the asking application is still good (RFC 7662)',
  body: z.object({ token: field, client_id: field, client_secret: field }),
  returns: z.union([Introspection, Problem]),
  handle: ({ app, body, request }) =>
    answer(request.header('authorization'), async () => {
      const application = await clientOf(app, body, request.header('authorization'))
      const known = body.token ? await tokenByText(app, body.token) : undefined
      // Of tokens that are somebody else's an application learns nothing.
      if (!known || known.revoked_at !== null || known.application_id !== application.id)
        return { active: false as const }
      return factsOf(known, application.client_id)
    }),
})

function factsOf(token: TokenRow, clientId: string) {
  return {
    active: true as const,
    scope: token.scopes,
    client_id: clientId,
    token_type: 'Bearer',
    iat: seconds(token.created_at),
  }
}

async function clientIdOf(app: App, id: number): Promise<string> {
  const row = await app.db
    .selectFrom('application')
    .select('client_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.client_id
}
