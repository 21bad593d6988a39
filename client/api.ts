import { boot } from './boot.ts'

/** What the server refused, in its own words. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The server could not be reached at all. */
export class Offline extends Error {}

export type Answer<Data> = { data: Data; next: string | null; headers: Headers }
type Ask = { method?: string; body?: unknown; signal?: AbortSignal; key?: string }

const MOST_TRIES = 3
const BUSY = new Set([429, 502, 503, 504])
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Asks the public API. Reads are repeated while the server is busy; whatever else fails is told: `Refused` with the
 * server's words, `Offline` where no answer came.
 */
export async function ask<Data>(path: string, asked: Ask = {}): Promise<Answer<Data>> {
  const { method = 'GET' } = asked
  for (let tries = 1; ; tries++) {
    const response = await send(path, method, asked)
    if (response.ok) {
      const data = response.status === 204 ? null : await response.json()
      return { data: data as Data, next: nextOf(response.headers.get('link')), headers: response.headers }
    }
    if (method === 'GET' && BUSY.has(response.status) && tries < MOST_TRIES) {
      await pause(waitOf(response.headers, tries))
      continue
    }
    const told = await response.json().catch(() => ({}))
    throw new Refused(response.status, told.error ?? response.statusText)
  }
}

async function send(path: string, method: string, { body, signal, key }: Ask): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${boot.token}` }
  if (key) headers['idempotency-key'] = key
  if (body !== undefined && !(body instanceof FormData)) headers['content-type'] = 'application/json'
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : body instanceof FormData ? body : JSON.stringify(body),
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Offline()
  }
}

const waitOf = (headers: Headers, tries: number) =>
  Math.min(20_000, Number(headers.get('retry-after') ?? 0) * 1000 || 500 * 4 ** tries)

/** The path of the next page in a Link header. */
function nextOf(link: string | null): string | null {
  const url = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1]
  if (!url) return null
  const { pathname, search } = new URL(url, location.origin)
  return pathname + search
}

export const get = async <Data>(path: string, signal?: AbortSignal): Promise<Data> =>
  (await ask<Data>(path, signal ? { signal } : {})).data
export const post = async <Data>(path: string, body?: unknown, key?: string): Promise<Data> =>
  (await ask<Data>(path, { method: 'POST', body, ...(key ? { key } : {}) })).data
export const put = async <Data>(path: string, body?: unknown): Promise<Data> =>
  (await ask<Data>(path, { method: 'PUT', body })).data
export const del = async <Data>(path: string): Promise<Data> =>
  (await ask<Data>(path, { method: 'DELETE' })).data
