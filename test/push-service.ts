import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

// The independent side of the encryption: the library of the makers of the protocol, which has no types.
const ece = createRequire(import.meta.url)('http_ece') as {
  decrypt(body: Buffer, options: Record<string, unknown>): Buffer
}

export type Pushed = { path: string; headers: IncomingHttpHeaders; body: Buffer }

/** A browser's side of a subscription: what it gives away, and how it reads what comes. */
export type Browser = {
  keys: { p256dh: string; auth: string }
  read(pushed: Pushed): Record<string, unknown>
}

/** A browser with keys of its own. */
export function browser(): Browser {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const auth = randomBytes(16).toString('base64url')
  return {
    keys: { p256dh: pair.getPublicKey('base64url'), auth },
    read({ headers, body }) {
      const version = headers['content-encoding']
      const legacy = {
        salt: /salt=([\w-]+)/.exec(String(headers.encryption))?.[1],
        dh: /dh=([\w-]+)/.exec(String(headers['crypto-key']))?.[1],
      }
      const keys = { version, privateKey: pair, authSecret: auth, ...(version === 'aesgcm' ? legacy : {}) }
      return JSON.parse(ece.decrypt(body, keys).toString('utf8'))
    },
  }
}

/** A push service on a port of this machine. `answer` is what it says to the next pushes. */
export async function pushService() {
  const pushed: Pushed[] = []
  const service = { answer: 201, pushed, url: '', close: () => {} }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    pushed.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) })
    response.writeHead(service.answer)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  service.close = () => {
    server.closeAllConnections()
    server.close()
  }
  return service
}

/** The claims of a VAPID token, if its signature is by this public key. */
export function claimsOf(token: string, publicKey: string): Record<string, unknown> | null {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const text = Buffer.from(`${head}.${claims}`)
  const isSigned = verify(
    'sha256',
    text,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  return isSigned ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : null
}
