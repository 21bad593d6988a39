import type { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import type { LimitFamily } from './limits.ts'

type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Route = `${Verb} /${string}`

/** `public`: a token is optional. `app`: any token will do, also an application's own. Else: a member's token with one of these scopes. */
export type Access = 'public' | 'app' | string | readonly string[]

type Letters<Path extends string> = Path extends `${infer Name}/${string}` ? Name : Path
type NamesIn<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Letters<Rest> | (Rest extends `${string}/${infer More}` ? NamesIn<`/${More}`> : never)
  : never
/** The `:names` of a route, as text. */
export type PathParams<R extends string> = { [Name in NamesIn<R>]: string }

type ViewerOf<A extends Access> = A extends 'public' | 'app' ? Viewer | null : Viewer

/** What a request brings besides its parsed parts. */
export type RequestFacts = {
  method: string
  /** Path and query as sent. */
  path: string
  /** Absolute URL on the configured origin (never from the Host header), for Link headers. */
  url: URL
  /** The client's address, trusted proxies skipped. */
  ip: string
  id: string
  header(name: string): string | undefined
}

export type Handling<R extends string, A extends Access, Query, Body> = {
  app: App
  viewer: ViewerOf<A>
  /** The token's facts when there is one (an application's own token has no viewer). */
  token: { applicationId: number; scopes: string[]; createdAt: number } | null
  /** The hosted domain that the request's Host selects. */
  domain: HostedDomain
  params: PathParams<R>
  query: Query
  body: Body
  request: RequestFacts
}

/** An answer with more than a body. */
export class Reply<T> {
  readonly body: T
  readonly status: number
  readonly headers: Record<string, string>
  constructor(body: T, options: { status?: number; headers?: Record<string, string> } = {}) {
    this.body = body
    this.status = options.status ?? 200
    this.headers = options.headers ?? {}
  }
}

export type Declaration<
  R extends Route,
  A extends Access,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Returns extends z.ZodType,
> = {
  route: R
  scope: A
  /** For `public` and `app` routes: the scope a token must have when one is sent. */
  ifToken?: string | readonly string[]
  /** One clause for the printed reference. */
  summary: string
  /** A rate family on top of those that every API request counts in. */
  limit?: LimitFamily
  /** Seconds that an answer to an anonymous reader may be kept by caches. */
  cacheSeconds?: number
  /** Honours Idempotency-Key (the verb keeps it). */
  once?: boolean
  /** Takes files (multipart): `bytes` is the most for the whole request, 42 MiB when left out, `count` 4. */
  files?: FileRoom
  /** Serves also members who may not act now (unconfirmed e-mail, pending, disabled); the verb looks closer. */
  whileRefused?: boolean
  /** Takes the token also as `?access_token=`: event streams only, since browsers can set no header there (OAU-17). */
  tokenInQuery?: boolean
  query?: Query
  body?: Body
  returns: Returns
  handle(
    given: Handling<R, A, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Returns> | Reply<z.input<Returns>>>
}

export type FileRoom = { bytes?: number; count?: number }

/** A declared endpoint with its types forgotten, for the lists. */
export type Endpoint = {
  route: Route
  scope: Access
  ifToken?: string | readonly string[]
  summary: string
  limit?: LimitFamily
  cacheSeconds?: number
  once?: boolean
  files?: FileRoom
  whileRefused?: boolean
  tokenInQuery?: boolean
  query?: z.ZodType
  body?: z.ZodType
  returns: z.ZodType
  handle(given: Handling<string, Access, unknown, unknown>): Promise<unknown>
  /** `file:line` of the declaration. */
  source: string
}

/**
 * Declares an endpoint once: from this object the route is mounted, the token and scope checked, the
 * form read, the answer typed (and parsed in tests), OpenAPI and the reference printed.
 */
export function endpoint<
  const R extends Route,
  const A extends Access,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Returns extends z.ZodType,
>(declaration: Declaration<R, A, Query, Body, Returns>): Endpoint {
  return { ...declaration, source: callerLine() } as unknown as Endpoint
}

function callerLine(): string {
  const line = new Error().stack?.split('\n')[3] ?? ''
  const found = /(?:file:\/\/)?(\/[^():]+):(\d+):\d+/.exec(line)
  if (!found) return 'unknown'
  const root = new URL('../../../', import.meta.url).pathname
  return `${found[1]?.replace(root, '')}:${found[2]}`
}
