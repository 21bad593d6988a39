import type { Hono } from 'hono'
import type { Site } from './facts.ts'

const EXPOSED = [
  'Link',
  'Mastodon-Async-Refresh',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
].join(', ')

type Opening = { path: RegExp; methods: readonly string[]; exposed?: string }

// Surface h. Never with credentials, never on pages.
const openings: readonly Opening[] = [
  {
    path: /^\/api(?:\/|$)/,
    methods: ['POST', 'PUT', 'DELETE', 'GET', 'PATCH', 'OPTIONS'],
    exposed: EXPOSED,
  },
  { path: /^\/oauth\/(?:token|revoke)$/, methods: ['POST'] },
  { path: /^\/oauth\/userinfo$/, methods: ['GET', 'POST'] },
  { path: /^\/(?:\.well-known|nodeinfo)\//, methods: ['GET'] },
  { path: /^\/(?:@|users\/)[^/]+$/, methods: ['GET'] },
]

const openingOf = (path: string) => openings.find((opening) => opening.path.test(path))

/** The headers that let scripts of other origins read an answer to this method and path; none where they may not. */
export function corsHeaders(method: string, path: string): Record<string, string> {
  const opening = openingOf(path)
  const asked = method === 'HEAD' ? 'GET' : method
  if (!opening?.methods.includes(asked)) return {}
  return {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': opening.methods.join(', '),
    ...(opening.exposed ? { 'Access-Control-Expose-Headers': opening.exposed } : {}),
    'Access-Control-Max-Age': '7200',
  }
}

/** Answers a browser's question before the request; null where other origins have no business. */
export function preflight(path: string, askedHeaders: string | undefined): Response | null {
  const opening = openingOf(path)
  if (!opening) return null
  const headers = corsHeaders(opening.methods[0] as string, path)
  if (askedHeaders !== undefined) {
    // Only names are given back, never what else the line may hold.
    const names = askedHeaders.split(',').map((name) => name.trim())
    if (names.every((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name))) {
      headers['Access-Control-Allow-Headers'] = names.join(', ')
    }
  }
  return new Response(null, { status: 204, headers: { ...headers, Vary: 'Access-Control-Request-Headers' } })
}

/** Lets other origins read the documents that are not endpoints: /.well-known, /nodeinfo, /@name, /users/name. */
export function openDocuments(hono: Hono<Site>): void {
  for (const path of ['/.well-known/*', '/nodeinfo/*', '/users/:name', '/:handle{@[^/]+}']) {
    hono.use(path, async (c, next) => {
      await next()
      for (const [name, value] of Object.entries(corsHeaders(c.req.method, c.req.path))) c.header(name, value)
    })
  }
}
