import { pino } from 'pino'
import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import type { TokenVerdict } from './caller.ts'
import { endpoint } from './endpoint.ts'
import { file, flag, idList } from './forms-fields.ts'
import { openLimits } from './limits.ts'
import { type MountOptions, mount } from './mount.ts'
import { openRouter } from './router.ts'

// For the tests of this folder: an app of nothing but a clock, a log, its doors open and one domain, and an endpoint of each kind.

/** What the bare app's log wrote, line by line. */
export type Lines = { level: string; msg: string; [name: string]: unknown }[]

/** An app whose clock stands still and that hosts social.example alone. */
export function bareApp(): { app: App; lines: Lines; clock: { now: number } } {
  const lines: Lines = []
  const clock = { now: Date.UTC(2024, 0, 1) }
  const log = pino(
    { formatters: { level: (level) => ({ level }) } },
    { write: (line) => lines.push(JSON.parse(line)) },
  )
  const domain = { id: 1, name: 'social.example', origin: 'https://social.example' } as HostedDomain
  const app = {
    log,
    config: { limitedFederationMode: false, disallowUnauthenticatedApiAccess: false },
    now: () => clock.now,
    domains: { byHost: (host: string) => (host === 'social.example' ? domain : undefined) },
  } as unknown as App
  return { app, lines, clock }
}

/**
 * What a token of the tests means: `member`, `application`, `elsewhere` (lives on another domain),
 * `unconfirmed` or `nobody`, then its scopes (`~` for the colon).
 */
export function findViewer(token: string): TokenVerdict {
  const [kind, ...scopes] = token.replaceAll('~', ':').split('.')
  if (kind === 'nobody') return null
  const row = { id: token.length, application_id: 3 } as Viewer['token']
  if (kind === 'application') return { token: row, scopes, viewer: null }
  const viewer = {
    account: { id: 8 },
    user: { id: 9, domain_id: kind === 'elsewhere' ? 2 : 1 },
    token: row,
    scopes,
  } as unknown as Viewer
  if (kind === 'unconfirmed')
    return { token: row, scopes, viewer, refusal: 'Your login is missing a confirmed e-mail address' }
  return { token: row, scopes, viewer }
}

const Thing = z.object({ id: z.string(), viewer: z.number().nullable() }).meta({ id: 'Thing' })

/** An endpoint of each kind. */
export const bareEndpoints = [
  endpoint({
    route: 'GET /api/v1/things/:id',
    scope: 'public',
    ifToken: 'read:statuses',
    summary: 'View a thing',
    cacheSeconds: 15,
    returns: Thing,
    handle: async ({ params, viewer }) => ({ id: params.id, viewer: viewer?.user.id ?? null }),
  }),
  endpoint({
    route: 'GET /api/v1/things/first',
    scope: 'read:statuses',
    summary: 'View the first thing',
    query: z.object({ 'only[]': z.string().optional(), loud: flag }),
    returns: Thing,
    handle: async ({ viewer, query }) => ({ id: `first ${query.loud}`, viewer: viewer.user.id }),
  }),
  endpoint({
    route: 'POST /api/v1/things',
    scope: 'write:statuses',
    summary: 'Make a thing',
    limit: 'media',
    once: true,
    body: z.object({ status: z.string().min(1).max(5), ids: idList, loud: flag }),
    returns: z.unknown(),
    handle: async ({ body }) => body,
  }),
  endpoint({
    route: 'POST /api/v1/pictures',
    scope: 'write:media',
    summary: 'Send a picture',
    files: { bytes: 3 * 1024 * 1024, count: 2 },
    body: z.object({ file, description: z.string().optional() }),
    returns: z.unknown(),
    handle: async ({ body }) => {
      const bytes = await body.file?.bytes()
      return {
        size: bytes?.length,
        path: body.file?.path,
        name: body.file?.filename,
        ...body,
        file: undefined,
      }
    },
  }),
  endpoint({
    route: 'POST /api/v1/people',
    scope: 'app',
    ifToken: 'write:accounts',
    summary: 'Sign up',
    whileRefused: true,
    returns: z.unknown(),
    handle: async ({ token, viewer }) => ({
      application: token?.applicationId,
      viewer: viewer?.user.id ?? null,
    }),
  }),
]

/** A router with these endpoints on a bare app. */
export function bareSite(endpoints = bareEndpoints, options: Partial<MountOptions> = {}) {
  const bare = bareApp()
  const hono = openRouter({ log: bare.app.log })
  mount(hono, endpoints, bare.app, { findViewer, limits: openLimits(), checkAnswers: true, ...options })
  const ask = (path: string, init: RequestInit & { token?: string; ip?: string } = {}) => {
    const headers = new Headers(init.headers)
    headers.set('Host', 'social.example')
    if (init.token) headers.set('Authorization', `Bearer ${init.token}`)
    const client = {
      ip: init.ip ?? '192.0.2.1',
      host: headers.get('x-host') ?? 'social.example',
      proto: 'https' as const,
    }
    return Promise.resolve(hono.request(`https://social.example${path}`, { ...init, headers }, { client }))
  }
  return { ...bare, hono, ask }
}
