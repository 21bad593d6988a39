import type { Context } from 'hono'
import { presentAccount } from '#accounts/present-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { may } from '#auth/roles.ts'
import type { Session } from '#auth/sessions.ts'
import { sessionFor } from '#auth/sessions.ts'
import { siteOf } from '#instance/site.ts'
import { headerOf } from '#platform/http/body.ts'
import { clientOf, type Site } from '#platform/http/facts.ts'
import { randomToken, timingSafeEqualText } from '#platform/secrets.ts'
import { pageHeaders } from './csp.ts'
import type { Html } from './html.ts'
import type { Frame, Look, Notice } from './layout.ts'
import { LOOK_COOKIE, lookText, readLook } from './look.ts'
import { errorPage } from './views/error.ts'

const YEAR_SECONDS = 31_536_000
const registrationsWord = { open: 'open', approved: 'approval', none: 'closed' } as const

/** One request for a page: which domain, who asks, and the frame to answer in. */
export type Visit = {
  app: App
  c: Context<Site>
  domain: HostedDomain
  session: Session | null
  frame: Frame
  ip: string
}

/** Reads who visits, or will with a session just opened; null when the Host is none of ours. */
export async function visitOf(app: App, c: Context<Site>, fresh?: string): Promise<Visit | null> {
  const { ip, host } = clientOf(c)
  const domain = app.domains.byHost(host ?? '') ?? draftDomain(app)
  if (!domain) return null
  const session = await sessionOf(app, domain, fresh ?? cookieOf(c, sessionCookie(domain)))
  return { app, c, domain, session, ip, frame: await frameOf(app, c, domain, session) }
}

/** Before the setup nobody knows the server's name yet, so every Host leads to it. */
function draftDomain(app: App): HostedDomain | undefined {
  const [first] = app.domains.all()
  return first && first.confirmed_at === null ? first : undefined
}

async function sessionOf(app: App, domain: HostedDomain, token: string | null): Promise<Session | null> {
  if (!token) return null
  const session = await sessionFor(app, token)
  return session && session.user.domain_id === domain.id ? session : null
}

async function frameOf(
  app: App,
  c: Context<Site>,
  domain: HostedDomain,
  session: Session | null,
): Promise<Frame> {
  const site = await siteOf(app, domain.id)
  const shown = session
    ? await presentAccount(app, { domain, account: session.account }, session.account)
    : null
  return {
    site: {
      name: site.title,
      domain: domain.name,
      origin: domain.origin,
      registrations: site.single_user ? 'closed' : registrationsWord[site.registrations],
      sourceUrl: app.config.sourceUrl ?? `${domain.origin}/about`,
    },
    viewer:
      session && shown ? { ...shown, mayAdminister: await may(app, session.user, 'manage_users') } : null,
    csrf: session?.csrf ?? cookieOf(c, formCookie(domain)) ?? '',
    look: readLook(cookieOf(c, LOOK_COOKIE)),
  }
}

const secure = (domain: HostedDomain) => domain.origin.startsWith('https:')
const prefix = (domain: HostedDomain) => (secure(domain) ? '__Host-' : '')
/** The name of the cookie that keeps a browser signed in. */
export const sessionCookie = (domain: HostedDomain) => `${prefix(domain)}hyrax_session`
const formCookie = (domain: HostedDomain) => `${prefix(domain)}hyrax_form`

const cookieOf = (c: Context<Site>, name: string) => readCookie(headerOf(c, 'cookie'), name)

/** The value of a cookie in a Cookie header, or null. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null
  }
  return null
}

function cookieText(domain: HostedDomain, name: string, value: string, maxAge: number | null): string {
  const age = maxAge === null ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure(domain) ? '; Secure' : ''}${age}`
}

/** Signs the browser in: the token goes into a cookie no script can read. */
export function setSession(visit: Visit, token: string): void {
  visit.c.header('Set-Cookie', cookieText(visit.domain, sessionCookie(visit.domain), token, YEAR_SECONDS), {
    append: true,
  })
}

/** Signs the browser out. */
export function clearSession(visit: Visit): void {
  visit.c.header('Set-Cookie', cookieText(visit.domain, sessionCookie(visit.domain), '', 0), { append: true })
}

/** Keeps in this browser how pages look. */
export function rememberLook(visit: Visit, look: Look): void {
  visit.c.header('Set-Cookie', cookieText(visit.domain, LOOK_COOKIE, lookText(look), YEAR_SECONDS), {
    append: true,
  })
}

/** The session's token as the browser sent it. */
export function sessionToken(visit: Visit): string | null {
  return cookieOf(visit.c, sessionCookie(visit.domain))
}

/** What the browser calls itself, cut to a sane length. */
export function userAgentOf(visit: Visit): string | null {
  return headerOf(visit.c, 'user-agent')?.slice(0, 400) ?? null
}

/** Gives visitors without a session a token for their forms, in a cookie of this browser session. */
export function ensureFormToken(visit: Visit): void {
  if (visit.frame.csrf) return
  const token = randomToken(18)
  visit.frame.csrf = token
  visit.c.header('Set-Cookie', cookieText(visit.domain, formCookie(visit.domain), token, null), {
    append: true,
  })
}

/** Whether a posted form comes from a page of ours, as far as the browser tells (WEB-03, WEB-04). */
export function isOwnOrigin(visit: Visit): boolean {
  const origin = headerOf(visit.c, 'origin')
  if (origin === undefined || origin === visit.domain.origin) return true
  return sameHost(origin, clientOf(visit.c).host)
}

/** Whether a posted form carries the visitor's own token. */
export function isOwnForm(visit: Visit, token: unknown): boolean {
  const { csrf } = visit.frame
  return csrf !== '' && typeof token === 'string' && timingSafeEqualText(token, csrf)
}

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

export type Answering = {
  status?: number
  redirects?: readonly string[]
  cacheSeconds?: number
  notice?: Notice
  /** The policy and other headers, where they are not those of every page. */
  headers?: Record<string, string>
}

/** Sends a page with the headers every page carries; private unless it is for visitors and says how long it keeps. */
export function send(
  visit: Visit,
  page: Html,
  { status = 200, redirects = [], cacheSeconds, headers: own }: Answering = {},
): Response {
  const headers: Record<string, string> = {
    ...(own ?? pageHeaders(redirects)),
    'content-type': 'text/html; charset=utf-8',
  }
  headers['cache-control'] =
    visit.session || cacheSeconds === undefined ? 'private, no-store' : `public, max-age=${cacheSeconds}`
  headers.vary = 'Accept, Cookie'
  return visit.c.body(page.text, status as 200, headers)
}

/** Goes on to a path of ours after a form. */
export function goTo(visit: Visit, path: string): Response {
  return visit.c.body(null, 303, {
    // A header holds ASCII only.
    location: path.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent),
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
  })
}

/** A refusal as a page. */
export function refusePage(visit: Visit, status: number, sentence?: string): Response {
  return send(visit, errorPage(visit.frame, { status, ...(sentence ? { sentence } : {}) }), { status })
}

/** A path of this site to go on to, or the front page: never another site (WEB-08). */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next) || next.length > 4000) return '/'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these, which would uncover a second slash
  return /[\u0000-\u001f\\]/.test(next) ? '/' : next
}
