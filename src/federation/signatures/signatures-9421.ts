import { type InnerList, isInnerList, parseDictionary, serializeInnerList } from 'structured-headers'
import {
  BadSignature,
  carriesBody,
  checkKeyId,
  headerOf,
  judgeWindow,
  malformed,
  ownHost,
  type SignatureAlgorithm,
  type SignatureClaim,
  type SignedRequest,
  unacceptable,
} from '#federation/signatures/signatures-claim.ts'
import { checkDigests } from '#federation/signatures/signatures-digest.ts'
import { type Outgoing, privateKeyOf, signText } from '#federation/signatures/signatures-keys.ts'

const ALGORITHMS = new Map<unknown, SignatureAlgorithm>([
  ['rsa-v1_5-sha256', 'rsa-sha256'],
  ['ed25519', 'ed25519'],
  [undefined, 'by-key'],
])
const PARAMETERS = ['created', 'expires', 'keyid', 'alg', 'nonce', 'tag']
const ALSO_SIGNED = ['content-type', 'collection-synchronization']
const MOST_SIGNATURES = 4

/**
 * Reads `Signature-Input` and `Signature` (RFC 9421) and checks all that needs no key; throws BadSignature.
 * Of several signatures the first that could count is the one: its owner is whom the request is credited to,
 * and no other is tried when it turns out wrong.
 */
export function parse9421(request: SignedRequest, now: number): SignatureClaim {
  const inputs = readInputs(headerOf(request, 'signature-input') ?? '')
  const signatures = readSignatures(headerOf(request, 'signature') ?? '')
  ownHost(request)
  checkDigests(request)
  let refusal: BadSignature | undefined
  for (const [label, input] of inputs) {
    try {
      const signature = signatures.get(label)
      if (!signature) throw unacceptable('signature-missing')
      return readClaim(request, input, signature, now)
    } catch (error) {
      if (!(error instanceof BadSignature)) throw error
      refusal ??= error
    }
  }
  throw refusal ?? unacceptable('signature-missing')
}

/** Signs by RFC 9421, for hosts that have shown to take it; answers all headers to send. */
export async function sign9421(outgoing: Outgoing): Promise<Record<string, string>> {
  const url = new URL(outgoing.url)
  const key = privateKeyOf(outgoing)
  const headers: Record<string, string> = {}
  const given = outgoing.headers ?? {}
  for (const name in given) headers[name.toLowerCase()] = given[name] ?? ''
  headers.host = url.host
  headers.date = new Date(outgoing.now).toUTCString()
  if (outgoing.digest) headers['content-digest'] = outgoing.digest.contentDigest
  const names = ['content-digest', ...ALSO_SIGNED].filter((name) => headers[name] !== undefined)
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'rsa-v1_5-sha256' : 'ed25519'
  const input =
    `(${['@method', '@target-uri', ...names].map((name) => `"${name}"`).join(' ')})` +
    `;created=${Math.floor(outgoing.now / 1000)};keyid="${outgoing.keyId}";alg="${algorithm}"`
  let text = `"@method": ${outgoing.method.toUpperCase()}\n"@target-uri": ${url.origin}${url.pathname}${url.search}`
  for (const name of names) text += `\n"${name}": ${headers[name]}`
  text += `\n"@signature-params": ${input}`
  headers['signature-input'] = `sig1=${input}`
  headers.signature = `sig1=:${(await signText(text, key)).toString('base64')}:`
  return headers
}

function readInputs(header: string): Map<string, InnerList> {
  const members = readDictionary(header, 'signature-input')
  if (members.size > MOST_SIGNATURES) throw malformed('signature-input')
  const inputs = new Map<string, InnerList>()
  for (const [label, member] of members) {
    if (!isInnerList(member)) throw malformed('signature-input')
    inputs.set(label, member)
  }
  return inputs
}

// A sender of both schemes has two Signature headers, and the older one is no dictionary: its parameters are
// taken out before the rest is read.
function readSignatures(header: string): Map<string, Buffer> {
  const older = /(^|,)\s*(keyId|algorithm|headers|signature|created|expires)=("[^"]*"|\d+)(?=\s*(,|$))/g
  const own = header.includes('keyId="') ? header.replace(older, '').replace(/^\s*,/, '') : header
  const signatures = new Map<string, Buffer>()
  for (const [label, [value]] of readDictionary(own, 'signature-header')) {
    if (!(value instanceof ArrayBuffer)) throw malformed('signature-header')
    signatures.set(label, Buffer.from(value))
  }
  return signatures
}

function readDictionary(header: string, reason: string) {
  if (header.length > 8192) throw malformed(reason)
  // Of two equal labels the parser keeps the last one; the sender may have meant us to read the other.
  const bare = header.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  const labels = [...bare.matchAll(/(?:^|,)\s*([a-z*][a-z0-9_.*-]*)/g)].map((match) => match[1])
  if (new Set(labels).size < labels.length) throw malformed('label-doubled')
  try {
    return parseDictionary(header)
  } catch {
    throw malformed(reason)
  }
}

function readClaim(request: SignedRequest, input: InnerList, signature: Buffer, now: number): SignatureClaim {
  const covered = readComponents(input)
  const parameters = input[1]
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) throw unacceptable('parameter-unknown')
  }
  for (const name of ['@method', '@target-uri', ...(carriesBody(request) ? ['content-digest'] : [])]) {
    if (!covered.includes(name)) throw unacceptable('not-covered')
  }
  const keyId = parameters.get('keyid')
  const createdAt = readTime(parameters.get('created'))
  if (typeof keyId !== 'string' || createdAt === null) throw unacceptable('parameter-missing')
  const algorithm = ALGORITHMS.get(parameters.get('alg'))
  if (!algorithm) throw unacceptable('algorithm')
  const expiresAt = readTime(parameters.get('expires'))
  const expiry = expiresAt === null ? null : { at: expiresAt, isSigned: true }
  const suffix = `"@signature-params": ${serializeInnerList(input)}`
  return {
    scheme: 'rfc9421',
    keyId: checkKeyId(keyId),
    algorithm,
    signedText: `${baseOf(request, covered, 'https')}${suffix}`,
    // Which scheme the sender saw is known to the proxy in front of us only, and decides nothing.
    alternativeSignedTexts: [`${baseOf(request, covered, 'http')}${suffix}`],
    signature,
    expiresAt: judgeWindow(createdAt, expiry, now),
  }
}

// Parameters of a component (;sf ;bs ;req ;tr ;key ;name) change what was signed; none is in use, so each is
// refused instead of half understood.
function readComponents([items]: InnerList): string[] {
  const names = items.map(([name, parameters]) => {
    if (typeof name !== 'string') throw malformed('signature-input')
    if (parameters.size > 0) throw unacceptable('component-parameter')
    return name
  })
  if (new Set(names).size < names.length) throw unacceptable('covered-twice')
  return names
}

function baseOf(request: SignedRequest, covered: readonly string[], scheme: 'https' | 'http'): string {
  return covered.map((name) => `"${name}": ${componentOf(request, name, scheme)}\n`).join('')
}

function componentOf(request: SignedRequest, name: string, scheme: 'https' | 'http'): string {
  const authority = (headerOf(request, 'host') ?? '').toLowerCase().replace(/:(443|80)$/, '')
  const [path = '/', query] = splitTarget(request.path)
  switch (name) {
    case '@method':
      return request.method.toUpperCase()
    case '@target-uri':
      return `${scheme}://${authority}${request.path}`
    case '@authority':
      return authority
    case '@scheme':
      return scheme
    case '@request-target':
      return request.path
    case '@path':
      return path
    case '@query':
      return `?${query ?? ''}`
    default: {
      const value = /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) ? headerOf(request, name) : undefined
      if (value === undefined) throw unacceptable('covered-but-missing')
      return value.trim()
    }
  }
}

function splitTarget(target: string): [string, string | undefined] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)]
}

function readTime(value: unknown): number | null {
  if (value === undefined) return null
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw unacceptable('time')
  return value * 1000
}
