import { hash } from 'node:crypto'
import { parseDictionary } from 'structured-headers'
import {
  headerOf,
  malformed,
  readBase64,
  type SignedRequest,
  unacceptable,
} from '#federation/signatures/signatures-claim.ts'

/** The digest of one body in the form of either header, computed once for all who are sent it. */
export type BodyDigest = { digest: string; contentDigest: string }

const BYTES = { 'sha-256': 32, 'sha-512': 64 } as const
const HASH = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const
type Strong = keyof typeof BYTES

/** SHA-256 of the raw bytes that will be sent (RFC 3230 `Digest`, RFC 9530 `Content-Digest`). */
export function digestOf(body: Buffer | string): BodyDigest {
  const sum = hash('sha256', body, 'base64')
  return { digest: `SHA-256=${sum}`, contentDigest: `sha-256=:${sum}:` }
}

/**
 * Compares every digest header that is present with the raw bytes, signed or not: a header that a proxy or an
 * application might believe must not disagree with the signed one. Answers which are present.
 */
export function checkDigests(request: SignedRequest): { digest: boolean; contentDigest: boolean } {
  const plain = headerOf(request, 'digest')
  const structured = headerOf(request, 'content-digest')
  if (plain !== undefined) compare(readDigest(plain), request.body)
  if (structured !== undefined) compare(readContentDigest(structured), request.body)
  return { digest: plain !== undefined, contentDigest: structured !== undefined }
}

type Sums = { algorithm: string; sum: Buffer }[]

function readDigest(header: string): Sums {
  if (header.length > 1024) throw malformed('digest')
  return header.split(',').map((part) => {
    const match = /^\s*([A-Za-z0-9-]+)=(\S+)\s*$/.exec(part)
    if (!match) throw malformed('digest')
    return { algorithm: (match[1] ?? '').toLowerCase(), sum: readBase64(match[2] ?? '', 'digest') }
  })
}

function readContentDigest(header: string): Sums {
  if (header.length > 1024) throw malformed('content-digest')
  const simple = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(header)
  if (simple) return [{ algorithm: 'sha-256', sum: Buffer.from(simple[1] ?? '', 'base64') }]
  // A dictionary keeps the last of two equal keys, and a second opinion is what an attacker would add.
  const names = [...header.matchAll(/(?:^|,)\s*([a-z0-9*._-]+)=/g)].map((match) => match[1])
  if (new Set(names).size < names.length) throw unacceptable('digest-doubled')
  try {
    return [...parseDictionary(header)].map(([algorithm, [sum]]) => {
      if (!(sum instanceof ArrayBuffer)) throw malformed('content-digest')
      return { algorithm, sum: Buffer.from(sum) }
    })
  } catch {
    throw malformed('content-digest')
  }
}

function compare(sums: Sums, body: Buffer | null): void {
  const strong = sums.filter(({ algorithm }) => isStrong(algorithm))
  if (strong.length === 0) throw unacceptable('digest-algorithm')
  if (new Set(sums.map(({ algorithm }) => algorithm)).size < sums.length) throw unacceptable('digest-doubled')
  for (const { algorithm, sum } of strong) {
    if (!isStrong(algorithm)) continue
    if (sum.length !== BYTES[algorithm]) throw unacceptable('digest-length')
    const real = hash(HASH[algorithm], body ?? '', 'buffer')
    if (!real.equals(sum)) throw unacceptable('digest-mismatch')
  }
}

function isStrong(algorithm: string): algorithm is Strong {
  return Object.hasOwn(BYTES, algorithm)
}
