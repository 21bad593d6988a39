import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { type HttpClientSettings, type HttpRequest, openHttpClient } from '#platform/http-client.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'

// Two stages stand on loopback: what may be reached on 127.0.0.1, and the forbidden inside on 127.0.0.2.
export const OUTSIDE = '127.0.0.1'
export const INSIDE = '127.0.0.2'
export const closers: (() => void)[] = []
after(() => {
  for (const close of closers) close()
})

export function client(settings: Partial<HttpClientSettings> = {}) {
  const opened = openHttpClient({
    allowedPrivateAddresses: [OUTSIDE],
    allowHttp: true,
    userAgent: 'hyrax-test',
    maxSockets: 64,
    log: { info() {} },
    lookup: async () => [OUTSIDE],
    ...settings,
  })
  closers.push(() => opened.close())
  return opened
}

export async function stage(handler: http.RequestListener, address = OUTSIDE) {
  const seen: http.IncomingMessage[] = []
  const server = http.createServer((request, response) => {
    seen.push(request)
    handler(request, response)
  })
  return { ...(await listen(server, address)), seen, server }
}

export async function listen(server: net.Server, address: string) {
  server.listen(0, address)
  await once(server, 'listening')
  closers.push(() => {
    if (server instanceof http.Server) server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port }
}

export async function reasonOf(
  settings: Partial<HttpClientSettings>,
  request: Partial<HttpRequest> & { url: string },
) {
  return client(settings)
    .request({ method: 'GET', timeoutMs: 2_000, ...request })
    .then(
      (answer) => `answered ${answer.status}`,
      (error: unknown) => {
        assert.ok(error instanceof HttpFailure, String(error))
        return error.reason
      },
    )
}

/** One port of both addresses; somebody else may hold the second one, then another is tried. */
export async function twins(outside: http.RequestListener, inside: http.RequestListener) {
  for (;;) {
    const hidden = await stage(inside, INSIDE)
    const server = http.createServer(outside)
    const isOpen = await new Promise((resolve) => {
      server.once('listening', () => resolve(true)).once('error', () => resolve(false))
      server.listen(hidden.port, OUTSIDE)
    })
    if (!isOpen) continue
    closers.push(() => server.close())
    return hidden
  }
}
