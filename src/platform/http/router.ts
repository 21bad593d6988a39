import { type Context, Hono } from 'hono'
import type { Logger } from 'pino'
import { apiHeaders } from './api-headers.ts'
import { openDocuments, preflight } from './cors.ts'
import { requestIdOf, type Site } from './facts.ts'

/** What no route can be called, for requests whose path has a second spelling. */
const NOWHERE = '/\0'

/** Rails takes one slash at the end, and clients count on it: some ask for `/oauth/authorize/`. */
const MAY_END_IN_SLASH = /^\/(?:(?:api|oauth|auth)\/|@)[^/]/

export type RouterOptions = {
  log: Logger
  /** What pages say where nothing is found; plain text when left out. */
  notFound?: (c: Context<Site>) => Response | Promise<Response>
  /** What pages say when something broke that was not foreseen; plain text when left out. */
  broken?: (c: Context<Site>, requestId: string) => Response | Promise<Response>
}

/**
 * Opens the router for all doors. Paths are matched as they were sent, so that a guard and a handler can never
 * see different ones: `//`, encoded slashes, backslashes, dots and NUL lead nowhere (404). OPTIONS answers
 * preflights; TRACE and method overrides get 405; unknown API paths and methods 404 in JSON.
 */
export function openRouter(options: RouterOptions): Hono<Site> {
  const hono = new Hono<Site>({ getPath: plainPath })
  openDocuments(hono)
  hono.notFound((c) => {
    if (c.req.method === 'OPTIONS') {
      const answer = preflight(c.req.path, c.req.header('access-control-request-headers'))
      if (answer) return answer
    }
    const status = c.req.method === 'TRACE' || c.req.method === 'CONNECT' ? 405 : 404
    if (!isApiPath(c.req.url)) {
      if (status === 404 && options.notFound) return options.notFound(c)
      return c.text(status === 404 ? 'Not found' : 'Method not allowed', status)
    }
    const error = status === 404 ? 'Record not found' : 'Method not allowed'
    return new Response(JSON.stringify({ error }), {
      status,
      headers: apiHeaders(c.req.method, requestIdOf(c)),
    })
  })
  hono.onError((error, c) => {
    const id = requestIdOf(c)
    options.log.error({ err: error, id, method: c.req.method }, 'a page broke')
    return options.broken ? options.broken(c, id) : c.text(`Something went wrong (request ${id})`, 500)
  })
  return hono
}

/** The path by which a request is routed: as sent, not decoded, or one that no route has. */
export function plainPath(request: Request): string {
  const { url } = request
  const start = url.indexOf('/', url.indexOf('//') + 2)
  let end = start
  let odd = false
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end)
    if (code === 63 || code === 35) break
    if (code === 37 || code === 92 || (code === 47 && end > start && url.charCodeAt(end - 1) === 47))
      odd = true
  }
  const path = url.slice(start, end)
  if (odd && isRefusedPath(path)) return NOWHERE
  return path.endsWith('/') && MAY_END_IN_SLASH.test(path) ? path.slice(0, -1) : path
}

/** Whether a path as sent has a second spelling (`//`, `..`, `%2f`, `%5c`, `%2e`, `%00`, backslash, broken escapes). */
export function isRefusedPath(path: string): boolean {
  return /\/\/|\\|\/\.\.?(?:\/|$)|%(?:2f|5c|2e|00|(?![0-9a-f]{2}))/i.test(path)
}

function isApiPath(url: string): boolean {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  return /^\/+api(?:[/?#]|$)/.test(url.slice(start, start + 8))
}
