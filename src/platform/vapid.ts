import type { KeyObject } from 'node:crypto'
import { createPrivateKey, sign } from 'node:crypto'
import type { KeyPair } from './secrets.ts'
import { DAY, SECOND } from './times.ts'

const keys = new WeakMap<KeyPair, KeyObject>()

/**
 * Tells a push service who we are (RFC 8292): a token for its origin that is good for a day. `subject` is an address
 * at which the keeper can be reached.
 */
export function vapidToken(pair: KeyPair, endpoint: string, subject: string, now: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((now + DAY) / SECOND), sub: subject }
  const text = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(text), { key: keyOf(pair), dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

function keyOf(pair: KeyPair): KeyObject {
  const known = keys.get(pair)
  if (known) return known
  const point = Buffer.from(pair.publicKey, 'base64url')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: pair.privateKey,
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  keys.set(pair, key)
  return key
}
