import {
  carriesBody,
  checkKeyId,
  headerOf,
  judgeWindow,
  malformed,
  ownHost,
  readBase64,
  readDate,
  refuseDoubledDate,
  type SignatureAlgorithm,
  type SignatureClaim,
  type SignedRequest,
  unacceptable,
} from '#federation/signatures/signatures-claim.ts'
import { checkDigests } from '#federation/signatures/signatures-digest.ts'
import { type Outgoing, privateKeyOf, signText } from '#federation/signatures/signatures-keys.ts'

// hs2019 hides the algorithm on purpose (it is that of the key); older senders leave the parameter out.
const ALGORITHMS = new Map<string, SignatureAlgorithm>([
  ['rsa-sha256', 'rsa-sha256'],
  ['ed25519', 'ed25519'],
  ['hs2019', 'by-key'],
  ['', 'by-key'],
])
const PARAMETERS = ['keyId', 'algorithm', 'headers', 'signature', 'created', 'expires']
const ALSO_SIGNED = ['content-type', 'collection-synchronization']

/** Reads a draft-cavage `Signature` header and checks all that needs no key; throws BadSignature. */
export function parseCavage(request: SignedRequest, now: number): SignatureClaim {
  const parameters = readParameters(headerOf(request, 'signature') ?? '')
  const { keyId, signature } = parameters
  if (!keyId || !signature) throw unacceptable('parameter-missing')
  const covered = (parameters.headers ?? 'date').split(' ').map((name) => name.toLowerCase())
  const algorithm = parameters.algorithm?.toLowerCase() ?? ''
  const kind = ALGORITHMS.get(algorithm)
  if (!kind) throw unacceptable('algorithm')
  checkCovered(request, covered, algorithm)
  const created = readSeconds(parameters.created)
  const expires = readSeconds(parameters.expires)
  const target = `${request.method.toLowerCase()} ${request.path}`
  const textFor = (requestTarget: string) =>
    signedText(request, covered, {
      '(request-target)': requestTarget,
      '(created)': created,
      '(expires)': expires,
    })
  const signed = textFor(target)
  return {
    scheme: 'cavage',
    keyId: checkKeyId(keyId),
    algorithm: kind,
    signedText: signed,
    // Some sign the path alone. Harmless for a read; a write is taken only as it was signed.
    alternativeSignedTexts:
      !carriesBody(request) && target.includes('?') ? [textFor(target.replace(/\?.*$/s, ''))] : [],
    signature: readBase64(signature, 'signature'),
    expiresAt: judgeTimes(request, covered, created, expires, now),
  }
}

/** Signs the way every ActivityPub server reads: draft-cavage; answers all headers to send. */
export async function signCavage(outgoing: Outgoing): Promise<Record<string, string>> {
  const url = new URL(outgoing.url)
  const headers: Record<string, string> = {}
  const given = outgoing.headers ?? {}
  for (const name in given) headers[name.toLowerCase()] = given[name] ?? ''
  headers.host = url.host
  headers.date = new Date(outgoing.now).toUTCString()
  if (outgoing.digest) headers.digest = outgoing.digest.digest
  const method = outgoing.method.toLowerCase()
  const signed = ['host', 'date']
  if (outgoing.digest) signed.push('digest')
  for (const name of ALSO_SIGNED) if (headers[name] !== undefined) signed.push(name)
  let text = `(request-target): ${method} ${url.pathname}${url.search}`
  for (const name of signed) text += `\n${name}: ${headers[name]}`
  const key = privateKeyOf(outgoing)
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'rsa-sha256' : 'hs2019'
  const signature = (await signText(text, key)).toString('base64')
  headers.signature =
    `keyId="${outgoing.keyId}",algorithm="${algorithm}",` +
    `headers="(request-target) ${signed.join(' ')}",signature="${signature}"`
  return headers
}

// name="value" or name=number, separated by commas; each name once, none that we do not know.
function readParameters(header: string): Record<string, string | undefined> {
  if (header.length > 8192) throw malformed('signature-header')
  const found: Record<string, string | undefined> = {}
  const pattern = /\s*([A-Za-z]+)\s*=\s*(?:"([^"\\]*)"|(\d{1,15}))\s*(,|$)/y
  while (pattern.lastIndex < header.length) {
    const match = pattern.exec(header)
    if (!match) throw malformed('signature-header')
    const name = match[1] ?? ''
    if (!PARAMETERS.includes(name)) throw unacceptable('parameter-unknown')
    if (Object.hasOwn(found, name)) throw malformed('parameter-doubled')
    found[name] = match[2] ?? match[3] ?? ''
    if (match[4] === '') break
  }
  return found
}

function checkCovered(request: SignedRequest, covered: readonly string[], algorithm: string): void {
  if (new Set(covered).size < covered.length) throw unacceptable('covered-twice')
  if (!covered.includes('(request-target)')) throw unacceptable('target-not-covered')
  if (!covered.includes('host')) throw unacceptable('host-not-covered')
  const usesPseudo = covered.includes('(created)') || covered.includes('(expires)')
  if (usesPseudo && algorithm !== 'hs2019') throw unacceptable('created-without-hs2019')
  if (!covered.includes('date') && !covered.includes('(created)')) throw unacceptable('date-not-covered')
  ownHost(request)
  const present = checkDigests(request)
  if (!carriesBody(request)) return
  const isCovered =
    (present.digest && covered.includes('digest')) ||
    (present.contentDigest && covered.includes('content-digest'))
  if (!isCovered) throw unacceptable('digest-not-covered')
}

function signedText(
  request: SignedRequest,
  covered: readonly string[],
  pseudo: Readonly<Record<string, string | number | null>>,
): string {
  return covered
    .map((name) => {
      const value = name.startsWith('(') ? pseudo[name] : headerOf(request, name)
      if (value === undefined || value === null) throw unacceptable('covered-but-missing')
      return `${name}: ${value}`
    })
    .join('\n')
}

function judgeTimes(
  request: SignedRequest,
  covered: readonly string[],
  created: number | null,
  expires: number | null,
  now: number,
): number {
  const expiry = expires === null ? null : { at: expires * 1000, isSigned: covered.includes('(expires)') }
  const date = headerOf(request, 'date')
  const times: number[] = []
  if (date !== undefined) {
    if (covered.includes('date')) times.push(readDate(date))
    else refuseDoubledDate(date)
  }
  if (created !== null && covered.includes('(created)')) times.push(created * 1000)
  return Math.min(...times.map((time) => judgeWindow(time, expiry, now)))
}

function readSeconds(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,12}$/.test(text)) throw malformed('time')
  return Number(text)
}
