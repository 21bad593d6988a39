/** An arriving request as far as signatures are concerned. */
export type SignedRequest = {
  method: string
  /** Path and query exactly as on the request line. */
  path: string
  /** Names in lower case; a header that came twice should be an array (Node's `headersDistinct`). */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>
  body: Buffer | null
  /** Lower-case names (with port, unless the usual one) this server answers to. */
  hosts: readonly string[]
}

export type SignatureAlgorithm = 'rsa-sha256' | 'ed25519' | 'by-key'

/** What a request says about its signer: everything about it is checked except the signature itself. */
export type SignatureClaim = {
  scheme: 'cavage' | 'rfc9421'
  keyId: string
  /** What the signer named; the key decides, and a name that does not fit it fails. */
  algorithm: SignatureAlgorithm
  signedText: string
  /** Other readings of the same request that signers in the wild are known to sign. */
  alternativeSignedTexts: readonly string[]
  signature: Buffer
  /** Milliseconds after which the same bytes would no longer be accepted. */
  expiresAt: number
}

/** 400 for what cannot be read, 401 for what can be read and is not good enough. */
export type SignatureRefusal = { status: 400 | 401; reason: string }

export type SignatureVerdict =
  | { claim: SignatureClaim; refusal?: undefined }
  | { claim?: undefined; refusal: SignatureRefusal }

/** Thrown inside the parsers, turned into a SignatureRefusal by `parseSignature`. */
export class BadSignature extends Error {
  readonly refusal: SignatureRefusal

  constructor(status: 400 | 401, reason: string) {
    super(reason)
    this.refusal = { status, reason }
  }
}

/** Cannot be read: 400. */
export const malformed = (reason: string) => new BadSignature(400, reason)

/** Can be read and is refused: 401. */
export const unacceptable = (reason: string) => new BadSignature(401, reason)

const HOUR = 3_600_000
const MARGIN = HOUR
const LONGEST_LIFE = 12 * HOUR

/** One header as text (repeated ones joined by a comma, as both schemes sign them), or undefined. */
export function headerOf(request: SignedRequest, name: string): string | undefined {
  // Names come from the sender, and every object has a `constructor`.
  const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined
  return value === undefined || typeof value === 'string'
    ? value
    : value.map((line) => line.trim()).join(', ')
}

/** Whether the request is of a kind that carries a body which the signature has to cover. */
export function carriesBody(request: SignedRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(request.method.toUpperCase())
}

/** Refuses a request whose Host is missing, doubled or not ours; answers the Host as sent. */
export function ownHost(request: SignedRequest): string {
  const host = headerOf(request, 'host')
  if (host === undefined) throw unacceptable('host-missing')
  if (host.includes(',')) throw malformed('host-doubled')
  const bare = host.toLowerCase().replace(/:(443|80)$/, '')
  if (!request.hosts.includes(bare) && !request.hosts.includes(host.toLowerCase())) {
    throw unacceptable('host-not-ours')
  }
  return host
}

/** When a signature says it ends, in ms. */
export type Expiry = { at: number; isSigned: boolean }

/**
 * Judges the window of time a signature is good for and answers its end: an hour to either side of
 * `createdAt` for clocks that go wrong, longer only up to a signed expiry and never beyond twelve hours. An
 * expiry that nobody signed can shorten the window, never lengthen it. All in ms.
 */
export function judgeWindow(createdAt: number, expiry: Expiry | null, now: number): number {
  if (createdAt > now + MARGIN) throw unacceptable('from-the-future')
  if (expiry && (expiry.at < createdAt || expiry.at + MARGIN < now)) throw unacceptable('expired')
  const signedEnd = expiry?.isSigned ? Math.min(expiry.at, createdAt + LONGEST_LIFE) : 0
  const end = Math.max(createdAt + MARGIN, signedEnd)
  if (end < now) throw unacceptable('too-old')
  return expiry ? Math.min(end, expiry.at + MARGIN) : end
}

/** Reads an HTTP date (RFC 9110, the fixed form) as ms. */
export function readDate(text: string): number {
  refuseDoubledDate(text)
  const isDate = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC|[+-]0000)$/.test(
    text,
  )
  const time = isDate ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw unacceptable('date-unreadable')
  return time
}

/** Refuses two Date headers, which were joined on the way here: each reader would believe another one. */
export function refuseDoubledDate(text: string): void {
  if (/(GMT|UTC|[+-]\d{4})\s*,/.test(text)) throw malformed('date-doubled')
}

/**
 * Refuses key ids that are not plain web addresses, or whose host is spelled in any but its normal form:
 * what is compared later must be what was fetched.
 */
export function checkKeyId(keyId: string): string {
  const url = keyId.length <= 2048 && !/[^\u0021-\u007e]/.test(keyId) ? URL.parse(keyId) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw unacceptable('key-id')
  const rest = keyId.startsWith(url.origin) ? keyId.slice(url.origin.length) : 'x'
  if (url.hostname.endsWith('.') || !/^([/?#]|$)/.test(rest)) throw unacceptable('key-id')
  return keyId
}

/** Reads standard base64 with its padding; throws `malformed(reason)` for anything else. */
export function readBase64(text: string, reason: string): Buffer {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw malformed(reason)
  return Buffer.from(text, 'base64')
}
