import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Env } from 'hono'
import { headerOf } from './body.ts'
import { type Client, readClient } from './client-address.ts'
import type { RequestFacts } from './endpoint.ts'

/** What the listening server puts beside each request; in process, tests may give it as the third argument of `hono.request`. */
export type Bindings = {
  incoming?: IncomingMessage
  outgoing?: ServerResponse
  requestId?: string
  client?: Client
  /** A declared upload is being read, which may take longer than other bodies. */
  uploading?: boolean
}

/** The environment type of every Hono router here. */
export type Site = Env & { Bindings: Bindings }

/** A request id of ours, or the one that came with the request where it is harmless text. */
export function requestIdFrom(header: string | undefined): string {
  return header !== undefined && /^[A-Za-z0-9-]{8,64}$/.test(header) ? header : randomUUID()
}

/** The id under which this request is logged. */
export function requestIdOf(c: Context<Site>): string {
  c.env ??= {}
  c.env.requestId ??= requestIdFrom(headerOf(c, 'x-request-id'))
  return c.env.requestId
}

/** Who asks and which host they asked for. Without a listening server nobody is trusted to speak for others. */
export function clientOf(c: Context<Site>): Client {
  c.env ??= {}
  c.env.client ??= clientInProcess(c)
  return c.env.client
}

function clientInProcess(c: Context<Site>): Client {
  const url = new URL(c.req.url)
  const host = headerOf(c, 'host') ?? url.host
  return readClient({ host }, { address: '127.0.0.1', encrypted: url.protocol === 'https:' }, [])
}

/** Path and query as they were sent. */
export function targetOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  return start === -1 ? '/' : url.slice(start)
}

/** The query string without its question mark. */
export function queryOf(url: string): string {
  const at = url.indexOf('?')
  if (at === -1) return ''
  const hash = url.indexOf('#', at)
  return hash === -1 ? url.slice(at + 1) : url.slice(at + 1, hash)
}

/** The facts of one request on the domain that it asked for; costly ones are made when they are read. */
export function requestFacts(c: Context<Site>, origin: string): RequestFacts {
  return new Facts(c, origin)
}

class Facts implements RequestFacts {
  readonly method: string
  readonly ip: string
  readonly id: string
  readonly #context: Context<Site>
  readonly #origin: string

  constructor(c: Context<Site>, origin: string) {
    this.method = c.req.method
    this.ip = clientOf(c).ip
    this.id = requestIdOf(c)
    this.#context = c
    this.#origin = origin
  }

  get path(): string {
    return targetOf(this.#context.req.url)
  }

  get url(): URL {
    return new URL(this.path, this.#origin)
  }

  header(name: string): string | undefined {
    return headerOf(this.#context, name.toLowerCase())
  }
}
