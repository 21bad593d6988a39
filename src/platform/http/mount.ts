import type { Context, Hono } from 'hono'
import type { App, HostedDomain } from '#app.ts'
import { answerError, type ErrorAnswer } from './answers.ts'
import { API_HEADERS } from './api-headers.ts'
import { headerOf } from './body.ts'
import { admit, type Caller, type FindViewer, type Gate, readBearer, type TokenVerdict } from './caller.ts'
import { networkOf } from './client-address.ts'
import { corsHeaders } from './cors.ts'
import { type Endpoint, type Handling, Reply } from './endpoint.ts'
import { clientOf, queryOf, requestFacts, requestIdOf, type Site } from './facts.ts'
import { type Form, readFields } from './forms.ts'
import { discardAll, parseFields, readInput } from './input.ts'
import { families, type Limits, openLimits, type Standing, tightest, writeLimitHeaders } from './limits.ts'
import { HttpRefusal, wrongMethod } from './refuse.ts'
import { acceptedScopes } from './scopes.ts'
import type { UploadedFile } from './uploads.ts'

export type MountOptions = {
  /** Finds what a token means. */
  findViewer: FindViewer
  /** The counters shared with pages; fresh ones when left out. */
  limits?: Limits
  /** Parses every answer against `returns` (tests): one that does not fit is a 500 that says why. */
  checkAnswers?: boolean
  /** Where large uploads lie until their request is answered; the system's temporary directory when left out. */
  uploadsDir?: string
}

type Roof = { app: App; options: MountOptions; limits: Limits }

/** What is worked out once per endpoint. */
type Plan = {
  endpoint: Endpoint
  gate: Gate
  isApi: boolean
  /** Not for strangers where the keeper wants it so. */
  isForMembers: boolean
  hasParams: boolean
  headers: Record<string, string>
  anonymousHeaders: Record<string, string>
}

const NO_FIELDS: Form = Object.freeze(Object.create(null) as Form)
const NO_PARAMS: Record<string, string> = Object.freeze({})
const PAGING = /(?:^|&)(?:page|max_id|since_id|min_id)=/
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const

/**
 * Mounts endpoints: route → token → limits → scope → form → handle → answer. Literal paths win over `:names`
 * whatever the order of the list. Throws when two endpoints have the same route.
 */
export function mount(
  hono: Hono<Site>,
  endpoints: readonly Endpoint[],
  app: App,
  options: MountOptions,
): void {
  const roof: Roof = { app, options, limits: options.limits ?? openLimits() }
  const seen = new Map<string, Endpoint>()
  for (const endpoint of [...endpoints].sort(byPrecedence)) {
    const { method, path } = routeOf(endpoint)
    const shape = `${method} ${path.replace(/:[^/]+/g, ':')}`
    const twin = seen.get(shape)
    if (twin) throw new Error(`${endpoint.route} is declared twice: ${twin.source} and ${endpoint.source}`)
    seen.set(shape, endpoint)
    const plan = planOf(endpoint)
    hono.on(method, path, (c) => serve(roof, plan, c))
  }
}

/** Method and path of an endpoint's route. */
export function routeOf(endpoint: Pick<Endpoint, 'route'>): { method: string; path: string } {
  const space = endpoint.route.indexOf(' ')
  return { method: endpoint.route.slice(0, space), path: endpoint.route.slice(space + 1) }
}

/** Who may call an endpoint. */
export function gateOf(endpoint: Endpoint): Gate {
  const { scope, ifToken, whileRefused = false } = endpoint
  if (scope === 'public' || scope === 'app') {
    return { access: scope, accepted: ifToken === undefined ? null : acceptedScopes(ifToken), whileRefused }
  }
  return { access: 'member', accepted: acceptedScopes(scope), whileRefused }
}

function byPrecedence(a: Endpoint, b: Endpoint): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  return left === right ? 0 : left < right ? -1 : 1
}

/** Sorts literal segments before `:names` at the first place where two paths differ in that. */
function rankOf(endpoint: Endpoint): string {
  return routeOf(endpoint)
    .path.split('/')
    .map((segment) => (segment.startsWith(':') ? '1' : '0'))
    .join('')
}

const isForMembersOnly = (config: App['config']) =>
  config.limitedFederationMode || config.disallowUnauthenticatedApiAccess

/** What somebody needs who is to become a member, or to sign in; all else can be closed to strangers. */
function isForNewcomers(path: string): boolean {
  return /^\/api\/v\d\/(?:instance(?:\/(?!peers)|$)|apps|accounts$|streaming)/.test(path)
}

function planOf(endpoint: Endpoint): Plan {
  const { method, path } = routeOf(endpoint)
  const headers = { ...API_HEADERS, ...corsHeaders(method, path) }
  const { cacheSeconds } = endpoint
  return {
    endpoint,
    gate: gateOf(endpoint),
    isApi: path.startsWith('/api/'),
    isForMembers: endpoint.scope === 'public' && path.startsWith('/api/') && !isForNewcomers(path),
    hasParams: path.includes(':'),
    headers,
    anonymousHeaders:
      cacheSeconds === undefined
        ? headers
        : { ...headers, 'Cache-Control': `public, max-age=${cacheSeconds}` },
  }
}

/** One request under way. */
type Exchange = { c: Context<Site>; id: string; standing: Standing | null; files: readonly UploadedFile[] }

async function serve(roof: Roof, plan: Plan, c: Context<Site>): Promise<Response> {
  const exchange: Exchange = { c, id: requestIdOf(c), standing: null, files: [] }
  try {
    return await run(roof, plan, exchange)
  } catch (error) {
    return refuse(roof, plan, exchange, answerError(error, exchange.id), error)
  } finally {
    if (exchange.files.length > 0) await discardAll(exchange.files)
  }
}

async function run(roof: Roof, plan: Plan, exchange: Exchange): Promise<Response> {
  const { c } = exchange
  const { endpoint, gate } = plan
  const { app } = roof
  for (const name of OVERRIDES) if (headerOf(c, name) !== undefined) throw wrongMethod()
  const domain = domainOf(app, c)
  const sent = tokenOf(plan, c)
  const found = sent ? roof.options.findViewer(sent) : null
  const verdict = atHome(found instanceof Promise ? await found : found, domain)
  const query = queryOf(c.req.url)
  countRequest(roof, plan, exchange, verdict, query)
  const caller = admit(gate, sent !== null, verdict)
  if (plan.isForMembers && caller.viewer === null && isForMembersOnly(app.config))
    throw new HttpRefusal(401, 'This method requires an authenticated user')
  countFamily(roof, plan, exchange, caller)
  const fields = query === '' ? NO_FIELDS : readFields(query)
  const given: Handling<string, string, unknown, unknown> = {
    app,
    viewer: caller.viewer as NonNullable<Caller['viewer']>,
    token: caller.verdict && {
      applicationId: caller.verdict.token.application_id,
      scopes: caller.verdict.scopes,
      createdAt: caller.verdict.token.created_at,
    },
    domain,
    params: plan.hasParams ? c.req.param() : NO_PARAMS,
    query: endpoint.query ? parseFields(endpoint.query, fields) : undefined,
    body: undefined,
    request: requestFacts(c, domain.origin),
  }
  if (endpoint.body) {
    const read = await readInput(endpoint, c, fields, roof.options.uploadsDir)
    exchange.files = read.files
    given.body = parseFields(endpoint.body, read.form)
  }
  const result = await endpoint.handle(given)
  return answer(roof, plan, exchange, caller, result)
}

function tokenOf({ endpoint }: Plan, c: Context<Site>): string | null {
  const bearer = readBearer(headerOf(c, 'authorization'))
  if (bearer !== null || !endpoint.tokenInQuery) return bearer
  return c.req.query('access_token') ?? null
}

function domainOf(app: App, c: Context<Site>): HostedDomain {
  const domain = app.domains.byHost(clientOf(c).host)
  if (!domain) throw new HttpRefusal(421, 'This server does not serve the host that was asked for')
  return domain
}

/** A token counts only on the domain where its member lives (AZ-16); elsewhere it is no token at all. */
function atHome(verdict: TokenVerdict, domain: HostedDomain): TokenVerdict {
  return verdict?.viewer && verdict.viewer.user.domain_id !== domain.id ? null : verdict
}

/** Counts the request in the families of surface f that hold for the whole API; throws 429. */
function countRequest(
  roof: Roof,
  plan: Plan,
  exchange: Exchange,
  verdict: TokenVerdict,
  query: string,
): void {
  if (!plan.isApi) return
  const { limits } = roof
  const now = roof.app.now()
  const user = verdict?.viewer?.user.id
  const { ip } = clientOf(exchange.c)
  let standing: Standing | null = null
  if (verdict) standing = limits.take('api-token', verdict.token.id, now)
  standing = tightest(
    standing,
    user === undefined ? limits.take('api-anonymous', ip, now) : limits.take('api-user', user, now),
  )
  if (query !== '' && PAGING.test(query)) {
    standing = tightest(standing, limits.take('paging', user ?? networkOf(ip), now))
  }
  hold(exchange, standing)
}

function countFamily(roof: Roof, plan: Plan, exchange: Exchange, caller: Caller): void {
  const family = plan.endpoint.limit
  if (family === undefined) return
  const { ip } = clientOf(exchange.c)
  const byUser = families[family].by === 'user' && caller.viewer !== null
  const key = byUser ? (caller.viewer as NonNullable<Caller['viewer']>).user.id : networkOf(ip)
  hold(exchange, tightest(exchange.standing, roof.limits.take(family, key, roof.app.now())))
}

function hold(exchange: Exchange, standing: Standing | null): void {
  exchange.standing = standing
  if (standing?.over) throw new HttpRefusal(429, 'Too many requests')
}

function answer(roof: Roof, plan: Plan, exchange: Exchange, caller: Caller, result: unknown): Response {
  const reply = result instanceof Reply ? result : null
  const body: unknown = reply ? reply.body : result
  const status = reply ? reply.status : 200
  const isRaw = reply !== null && 'Content-Type' in reply.headers
  if (roof.options.checkAnswers && !isRaw && status < 300) checkAnswer(plan.endpoint, body)
  const usual = caller.verdict ? plan.headers : plan.anonymousHeaders
  const headers = headersFor(exchange, usual, reply?.headers)
  if (status === 204 || status === 304) {
    delete headers['Content-Type']
    return new Response(null, { status, headers })
  }
  if (isRaw && (typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream)) {
    return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers })
  }
  return new Response(JSON.stringify(body ?? null), { status, headers })
}

function headersFor(
  exchange: Exchange,
  usual: Record<string, string>,
  more: Record<string, string> | undefined,
): Record<string, string> {
  const headers: Record<string, string> = { ...usual, 'X-Request-Id': exchange.id }
  if (exchange.standing) writeLimitHeaders(headers, exchange.standing)
  return more ? Object.assign(headers, more) : headers
}

function checkAnswer(endpoint: Endpoint, body: unknown): void {
  const fits = endpoint.returns.safeParse(body)
  if (fits.success) return
  const reasons = fits.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new AnswerMisfit(
    `The answer of ${endpoint.route} does not fit what it declares: ${reasons.join('; ')}`,
  )
}

class AnswerMisfit extends Error {}

function refuse(roof: Roof, plan: Plan, exchange: Exchange, told: ErrorAnswer, error: unknown): Response {
  if (told.unexpected) {
    roof.app.log.error({ err: error, id: exchange.id, route: plan.endpoint.route }, 'a request failed')
  }
  if (error instanceof AnswerMisfit) told.body.error = error.message
  const headers = headersFor(exchange, plan.headers, told.headers)
  if (told.status === 429 && exchange.standing) {
    const wait = Math.ceil((exchange.standing.resetsAt - roof.app.now()) / 1000)
    headers['Retry-After'] = String(Math.max(1, wait))
  }
  return new Response(JSON.stringify(told.body), { status: told.status, headers })
}
