import type { Hono } from 'hono'
import type { Site } from '#platform/http/facts.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from '#platform/http-client.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'

type Answering = (request: {
  method: string
  url: URL
  headers: Record<string, string>
  body: Buffer
}) => Promise<Omit<HttpAnswer, 'url'>>

/** Hosts that answer in this process; everything else refuses the connection. Keeps a log of who was asked. */
export type Network = HttpClient & {
  host(name: string, answer: Answering | Hono<Site>): void
  /** What answers for a host so far. */
  hostOf(name: string): Answering
  /** `METHOD url` of every request, in order. */
  log: string[]
  /** Hosts that are down for now. */
  down: Set<string>
}

/** A network of scripted hosts and other worlds' sites. */
export function openNetwork(): Network {
  const hosts = new Map<string, Answering>()
  const log: string[] = []
  const down = new Set<string>()
  return {
    log,
    down,
    host(name, answer) {
      hosts.set(name, typeof answer === 'function' ? answer : siteAnswering(answer))
    },
    hostOf: (name) => hosts.get(name) ?? (async () => ({ status: 404, headers: {}, body: Buffer.alloc(0) })),
    async request(request: HttpRequest): Promise<HttpAnswer> {
      const url = new URL(request.url)
      log.push(`${request.method} ${request.url}`)
      const answer = hosts.get(url.host)
      if (!answer || down.has(url.host)) throw new HttpFailure('refused', url.host, 'nobody is there')
      const headers =
        typeof request.headers === 'function' ? await request.headers(url) : (request.headers ?? {})
      const body = Buffer.from(request.body ?? '')
      return { ...(await answer({ method: request.method, url, headers, body })), url: url.href }
    },
    idleSockets: () => 0,
    close() {},
  }
}

/** A network where nobody is. */
export function closedNetwork(): HttpClient {
  return openNetwork()
}

function siteAnswering(site: Hono<Site>): Answering {
  return async ({ method, url, headers, body }) => {
    const sent = new Headers(headers)
    sent.set('Host', url.host)
    const init = { method, headers: sent, ...(body.length > 0 ? { body } : {}) }
    const answer = await site.request(url.href, init as RequestInit)
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    }
  }
}
