import { request } from 'node:http'

export type Api = {
  get<T>(path: string): Promise<T>
  post<T>(path: string, fields?: Record<string, string>): Promise<T>
  put<T>(path: string, fields: Record<string, string>): Promise<T>
  delete<T>(path: string): Promise<T>
}

/** A client of the Mastodon API on a loopback server; throws for every answer that is not good. */
export function openApi(port: number, host: string, token: string): Api {
  const send = async <T>(method: string, path: string, fields?: Record<string, string>): Promise<T> => {
    const body = fields ? new URLSearchParams(fields).toString() : ''
    const { status, text } = await exchange(port, method, path, body, {
      host,
      authorization: `Bearer ${token}`,
      ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    })
    if (status < 200 || status > 299)
      throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as T
  }
  return {
    get: (path) => send('GET', path),
    post: (path, fields = {}) => send('POST', path, fields),
    put: (path, fields) => send('PUT', path, fields),
    delete: (path) => send('DELETE', path),
  }
}

type Answer = { status: number; text: string }

// The built-in fetch does not let a program choose the Host header, which selects the domain here.
function exchange(
  port: number,
  method: string,
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers, timeout: 10_000 }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
    })
    asking.on('error', reject)
    asking.on('timeout', () => asking.destroy(new Error('no answer within 10 s')))
    asking.end(body)
  })
}

/** Asks again until `find` gives something, and resolves with that and the ms it took; throws after `within` ms. */
export async function until<T>(
  find: () => Promise<T | undefined | false | null>,
  within = 10_000,
): Promise<{ found: T; ms: number }> {
  const began = performance.now()
  while (performance.now() - began < within) {
    const found = await find()
    if (found) return { found, ms: performance.now() - began }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`it did not happen within ${within / 1000} s`)
}
