import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { parseSignature, verifyClaim } from '#federation/signatures.ts'
import { sign9421 } from '#federation/signatures-9421.ts'
import { signCavage } from '#federation/signatures-cavage.ts'
import type { SignedRequest } from '#federation/signatures-claim.ts'
import { digestOf } from '#federation/signatures-digest.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const MINUTE = 60_000
const body = Buffer.from('{"type":"Create","actor":"https://e.test/users/mal"}')
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const keyId = 'https://e.test/users/mal#main-key'

type Headers = Record<string, string | string[]>
type Recipe = {
  method?: string
  path?: string
  headers?: Headers
  covered?: string[]
  parameters?: Record<string, string | number | undefined>
  pseudo?: Record<string, string | number>
  key?: KeyObject
}

const dateAt = (ms: number) => new Date(ms).toUTCString()
const seconds = (ms: number) => Math.floor(ms / 1000)

function request(method: string, path: string, headers: Headers, sent = body): SignedRequest {
  return { method, path, headers, body: method === 'GET' ? null : sent, hosts: ['h.test'] }
}

function textOf(headers: Headers, name: string): string {
  const value = headers[name] ?? ''
  return Array.isArray(value) ? value.join(', ') : value
}

/** Signs by draft-cavage exactly what the recipe says, sensible or not. */
function cavage(recipe: Recipe = {}): SignedRequest {
  const { method = 'POST', path = '/inbox', key = privateKey } = recipe
  const headers: Headers = { host: 'h.test', date: dateAt(NOW), ...(method === 'POST' ? digestHeader() : {}) }
  for (const [name, value] of Object.entries(recipe.headers ?? {})) {
    if (value === '') delete headers[name]
    else headers[name] = value
  }
  const usual = ['(request-target)', 'host', 'date', ...(method === 'POST' ? ['digest'] : [])]
  const covered = recipe.covered ?? usual
  const pseudo: Record<string, string | number> = {
    '(request-target)': `${method.toLowerCase()} ${path}`,
    '(created)': recipe.parameters?.created ?? '',
    '(expires)': recipe.parameters?.expires ?? '',
    ...recipe.pseudo,
  }
  const text = covered.map((name) => `${name}: ${pseudo[name] ?? textOf(headers, name)}`).join('\n')
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'sha256' : null
  const parameters: Record<string, string | number | undefined> = {
    keyId,
    algorithm: 'rsa-sha256',
    headers: covered.join(' '),
    signature: sign(algorithm, Buffer.from(text), key).toString('base64'),
    ...recipe.parameters,
  }
  headers.signature = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === 'number' ? `${name}=${value}` : `${name}="${value}"`))
    .join(',')
  return request(method, path, headers)
}

function digestHeader() {
  return { digest: digestOf(body).digest }
}

type Recipe9421 = {
  method?: string
  path?: string
  headers?: Headers
  components?: string
  parameters?: string
  values?: Record<string, string>
  key?: KeyObject
  label?: string
}

const usualParameters = `;created=${seconds(NOW)};keyid="${keyId}"`

/** Signs by RFC 9421 exactly what the recipe says; components are written as in the header. */
function rfc9421(recipe: Recipe9421 = {}): SignedRequest {
  const { method = 'POST', path = '/inbox', key = privateKey, label = 'sig1' } = recipe
  const headers: Headers = {
    host: 'h.test',
    ...(method === 'POST' ? { 'content-digest': digestOf(body).contentDigest } : {}),
    ...recipe.headers,
  }
  const components =
    recipe.components ?? `"@method" "@target-uri"${method === 'POST' ? ' "content-digest"' : ''}`
  const values: Record<string, string> = {
    '@method': method,
    '@target-uri': `https://h.test${path}`,
    '@authority': 'h.test',
    ...recipe.values,
  }
  const input = `(${components})${recipe.parameters ?? usualParameters}`
  const lines = components.split(' ').filter(Boolean)
  const text = [
    ...lines.map((line) => {
      const name = line.split(';')[0]?.replaceAll('"', '') ?? ''
      return `${line}: ${values[name] ?? textOf(headers, name)}`
    }),
    `"@signature-params": ${input}`,
  ].join('\n')
  const signature = sign(key.asymmetricKeyType === 'rsa' ? 'sha256' : null, Buffer.from(text), key)
  headers['signature-input'] = `${label}=${input}`
  headers.signature = `${label}=:${signature.toString('base64')}:`
  return request(method, path, headers)
}

/** '202' when the request would be credited to the key's owner, else the refusal. */
async function outcome(signed: SignedRequest, key: KeyObject | string = pem, now = NOW): Promise<string> {
  const { claim, refusal } = parseSignature(signed, now)
  if (refusal) return `${refusal.status} ${refusal.reason}`
  return (await verifyClaim(claim, key)) ? '202' : '401'
}

async function expect(table: [string, SignedRequest, string][]): Promise<void> {
  for (const [name, signed, expected] of table) assert.equal(await outcome(signed), expected, name)
}

const header = (signed: SignedRequest, name: string) => textOf(signed.headers as Headers, name)
const altered = (signed: SignedRequest, headers: Headers): SignedRequest => ({
  ...signed,
  headers: { ...signed.headers, ...headers },
})

test('what we sign by draft-cavage is accepted by what we read', async () => {
  for (const [key, publicKeyOf] of [
    [privateKey, publicKey],
    [ed25519.privateKey, ed25519.publicKey],
  ] as const) {
    const shared = { keyId, privateKey: key, now: NOW }
    const sent = { 'Content-Type': 'application/activity+json', 'Collection-Synchronization': 'digest="x"' }
    const post = { method: 'POST', url: 'https://h.test/inbox?a=1', headers: sent, digest: digestOf(body) }
    const headers = await signCavage({ ...shared, ...post })
    assert.equal(await outcome(request('POST', '/inbox?a=1', headers), publicKeyOf), '202')
    assert.match(
      headers.signature ?? '',
      /headers="\(request-target\) host date digest content-type collection/,
    )
    const get = await signCavage({ ...shared, method: 'GET', url: 'https://h.test/users/bob' })
    assert.equal(await outcome(request('GET', '/users/bob', get), publicKeyOf), '202')
  }
})

test('what we sign by RFC 9421 is accepted by what we read, over https and http', async () => {
  for (const [key, publicKeyOf] of [
    [privateKey, publicKey],
    [ed25519.privateKey, ed25519.publicKey],
  ] as const) {
    const shared = { keyId, privateKey: key, now: NOW }
    const sent = { 'Content-Type': 'application/activity+json' }
    for (const origin of ['https://h.test', 'http://h.test']) {
      const url = `${origin}/inbox?a=1`
      const post = { method: 'POST', url, headers: sent, digest: digestOf(body) }
      const headers = await sign9421({ ...shared, ...post })
      assert.equal(await outcome(request('POST', '/inbox?a=1', headers), publicKeyOf), '202')
      const get = await sign9421({ ...shared, method: 'GET', url })
      assert.equal(await outcome(request('GET', '/inbox?a=1', get), publicKeyOf), '202')
    }
  }
})

test('a private key may be given as PEM', async () => {
  const own = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const outgoing = { method: 'GET', url: 'https://h.test/x', keyId, privateKey: own, now: NOW }
  assert.equal(await outcome(request('GET', '/x', await signCavage(outgoing))), '202')
})

test('the stub signers of this file are right when nothing is wrong', async () => {
  await expect([
    ['cavage', cavage(), '202'],
    ['cavage GET', cavage({ method: 'GET', path: '/users/bob' }), '202'],
    ['hs2019', cavage({ parameters: { algorithm: 'hs2019' } }), '202'],
    ['no algorithm', cavage({ parameters: { algorithm: undefined } }), '202'],
    ['9421', rfc9421(), '202'],
    ['9421 with alg', rfc9421({ parameters: `${usualParameters};alg="rsa-v1_5-sha256"` }), '202'],
    [
      '9421 with more',
      rfc9421({ components: '"@authority" "@method" "@target-uri" "content-digest" "host"' }),
      '202',
    ],
  ])
})

test('SIG-01 an unsigned request is refused', async () => {
  const plain = request('POST', '/inbox', { host: 'h.test', date: dateAt(NOW), ...digestHeader() })
  assert.equal(await outcome(plain), '401 unsigned')
})

test('SIG-02 a POST whose digest is absent or not covered is refused', async () => {
  const without = ['(request-target)', 'host', 'date']
  await expect([
    ['not covered', cavage({ covered: without }), '401 digest-not-covered'],
    ['absent', cavage({ covered: without, headers: { digest: '' } }), '401 digest-not-covered'],
    ['covered, absent', cavage({ headers: { digest: '' } }), '401 digest-not-covered'],
    ['9421 not covered', rfc9421({ components: '"@method" "@target-uri"' }), '401 not-covered'],
    ['content-digest will do', cavageByContentDigest(), '202'],
  ])
})

function cavageByContentDigest() {
  const covered = ['(request-target)', 'host', 'date', 'content-digest']
  return cavage({ covered, headers: { digest: '', 'content-digest': digestOf(body).contentDigest } })
}

test('SIG-03 a body changed after signing is refused', async () => {
  const changed = Buffer.from(body.toString().replace('mal', 'vic'))
  for (const signed of [cavage(), rfc9421()]) {
    assert.equal(await outcome({ ...signed, body: changed }), '401 digest-mismatch')
  }
  const replaced = altered({ ...cavage(), body: changed }, { digest: digestOf(changed).digest })
  assert.equal(await outcome(replaced), '401')
})

test('SIG-05 a wrong digest beside the signed one is refused', async () => {
  const wrong = digestOf('other')
  await expect([
    [
      'signed Digest, false Content-Digest',
      altered(cavage(), { 'content-digest': wrong.contentDigest }),
      '401 digest-mismatch',
    ],
    [
      'signed Content-Digest, false Digest',
      altered(rfc9421(), { digest: wrong.digest }),
      '401 digest-mismatch',
    ],
    [
      'false Digest signed',
      cavage({ headers: { digest: wrong.digest, 'content-digest': digestOf(body).contentDigest } }),
      '401 digest-mismatch',
    ],
  ])
})

test('SIG-06 the target has to be covered, so that a signature is good for one address only', async () => {
  await expect([
    ['cavage', cavage({ covered: ['host', 'date', 'digest'] }), '401 target-not-covered'],
    [
      'default list',
      cavage({ covered: ['date'], parameters: { headers: undefined } }),
      '401 target-not-covered',
    ],
    ['moved', { ...cavage({ path: '/users/bob/inbox' }), path: '/inbox' }, '401'],
    ['9421 moved', { ...rfc9421({ path: '/users/bob/inbox' }), path: '/inbox' }, '401'],
    ['9421 method', { ...rfc9421(), method: 'PUT' }, '401'],
  ])
})

test('SIG-07 a request signed for another server is refused', async () => {
  const other = { host: 'other.test' }
  await expect([
    ['Host of another', cavage({ headers: other }), '401 host-not-ours'],
    ['sent on with our Host', altered(cavage({ headers: other }), { host: 'h.test' }), '401'],
    ['host not covered', cavage({ covered: ['(request-target)', 'date', 'digest'] }), '401 host-not-covered'],
    ['no Host', cavage({ headers: { host: '' } }), '401 host-missing'],
    ['two Hosts', cavage({ headers: { host: ['h.test', 'other.test'] } }), '400 host-doubled'],
    ['9421 Host of another', rfc9421({ headers: other }), '401 host-not-ours'],
    ['9421 for another', rfc9421({ values: { '@target-uri': 'https://other.test/inbox' } }), '401'],
    ['case and usual port', cavage({ headers: { host: 'H.test:443' } }), '202'],
    ['other port', cavage({ headers: { host: 'h.test:8443' } }), '401 host-not-ours'],
  ])
})

test('SIG-08 a missing, unsigned or unreadable Date is refused, a doubled one is malformed', async () => {
  const unsigned = ['(request-target)', 'host', 'digest']
  const twice = [dateAt(NOW), dateAt(NOW - MINUTE)]
  await expect([
    ['missing', cavage({ headers: { date: '' } }), '401 covered-but-missing'],
    ['unsigned', cavage({ covered: unsigned }), '401 date-not-covered'],
    ['unreadable', cavage({ headers: { date: 'yesterday' } }), '401 date-unreadable'],
    ['ISO', cavage({ headers: { date: new Date(NOW).toISOString() } }), '401 date-unreadable'],
    ['no such day', cavage({ headers: { date: 'Mon, 99 Jun 2026 12:00:00 GMT' } }), '401 date-unreadable'],
    ['doubled', cavage({ headers: { date: twice } }), '400 date-doubled'],
    ['doubled and joined', cavage({ headers: { date: twice.join(', ') } }), '400 date-doubled'],
  ])
})

test('SIG-09 clocks may be wrong by an hour to either side', async () => {
  const table: [number, string][] = [
    [-59 * MINUTE, '202'],
    [59 * MINUTE, '202'],
    [61 * MINUTE, '401 from-the-future'],
    [-61 * MINUTE, '401 too-old'],
    [-13 * 60 * MINUTE, '401 too-old'],
  ]
  for (const [shift, expected] of table) {
    const created = seconds(NOW + shift)
    const covered = ['(request-target)', 'host', '(created)', 'digest']
    await expect([
      [`Date ${shift}`, cavage({ headers: { date: dateAt(NOW + shift) } }), expected],
      [`(created) ${shift}`, cavage({ covered, parameters: { algorithm: 'hs2019', created } }), expected],
      [`created ${shift}`, rfc9421({ parameters: `;created=${created};keyid="${keyId}"` }), expected],
    ])
  }
})

test('SIG-10 a signed expiry lengthens a life to twelve hours at most; a past one ends it', async () => {
  const hours = (count: number) => seconds(NOW + count * 60 * MINUTE)
  const covered = ['(request-target)', 'host', '(created)', '(expires)', 'digest']
  const table: [string, number, number, string][] = [
    ['in force after 3 h', hours(-3), hours(1), '202'],
    ['in force after 11 h', hours(-11), hours(10_000), '202'],
    ['ten years, after 13 h', hours(-13), hours(87_600), '401 too-old'],
    ['past beyond the margin', hours(-3), hours(-2), '401 expired'],
    ['past within the margin, old', hours(-3), hours(-0.5), '401 too-old'],
    ['past within the margin, new', hours(-0.75), hours(-0.5), '202'],
    ['before it began', hours(0), hours(-0.5), '401 expired'],
  ]
  for (const [name, created, expires, expected] of table) {
    const parameters = { algorithm: 'hs2019', created, expires }
    const input = `;created=${created};keyid="${keyId}";expires=${expires}`
    await expect([
      [name, cavage({ covered, parameters }), expected],
      [`9421 ${name}`, rfc9421({ parameters: input }), expected],
    ])
  }
  const old = { headers: { date: dateAt(NOW - 180 * MINUTE) }, parameters: { expires: hours(5) } }
  await expect([
    ['an unsigned expiry lengthens nothing', cavage(old), '401 too-old'],
    ['an unsigned past expiry counts', cavage({ parameters: { expires: hours(-2) } }), '401 expired'],
  ])
})

test('the claim says until when the same bytes are good', () => {
  assert.equal(parseSignature(cavage(), NOW).claim?.expiresAt, NOW + 60 * MINUTE)
  const expires = `;created=${seconds(NOW)};keyid="${keyId}";expires=${seconds(NOW) + 10 * 365 * 86_400}`
  assert.equal(parseSignature(rfc9421({ parameters: expires }), NOW).claim?.expiresAt, NOW + 720 * MINUTE)
})

test('SIG-17 key ids that are no plain web address, or spell their host oddly, are refused', async () => {
  const odd = [
    'https://v.test@e.test/users/mal#main-key',
    'https://e.test./users/mal',
    'https://e.test:443/users/mal',
    'https://E.test/users/mal',
    'https://ünicode.test/users/mal',
    'https://e.test\\users',
    'acct:mal@e.test',
    'javascript:1',
    'mal',
    'https://',
    `https://e.test/${'x'.repeat(2050)}`,
  ]
  for (const id of odd) {
    const escaped = rfc9421({ parameters: `;created=${seconds(NOW)};keyid="${id.replaceAll('\\', '\\\\')}"` })
    assert.match(await outcome(cavage({ parameters: { keyId: id } })), /^40[01] /, id)
    assert.match(await outcome(escaped), /^40[01] /, id)
  }
  for (const id of [
    'https://e.test',
    'https://e.test#key',
    'https://e.test:8443/k?x=1',
    'http://127.0.0.1:3000/k',
  ]) {
    assert.equal(await outcome(cavage({ parameters: { keyId: id } })), '202', id)
  }
})

test('SIG-18 the algorithm comes from the key, and names that do not fit it are refused', async () => {
  const secret = cavage({ parameters: { algorithm: 'hmac-sha256' } })
  const forged = createHmac('sha256', pem).update('anything').digest('base64')
  const { publicKey: edPublic, privateKey: edPrivate } = ed25519
  for (const algorithm of ['hmac-sha256', 'none', 'rsa-sha1', 'rsa-sha512', 'constructor', '__proto__']) {
    assert.equal(await outcome(cavage({ parameters: { algorithm } })), '401 algorithm', algorithm)
  }
  assert.equal(
    await outcome(
      altered(secret, { signature: header(secret, 'signature').replace('hmac-sha256', 'hs2019') }),
    ),
    '202',
  )
  assert.equal(await outcome(cavage({ parameters: { algorithm: 'hs2019', signature: forged } })), '401')
  assert.equal(
    await outcome(cavage({ key: edPrivate, parameters: { algorithm: 'rsa-sha512' } }), edPublic),
    '401 algorithm',
  )
  assert.equal(await outcome(cavage({ key: edPrivate }), edPublic), '401')
  assert.equal(
    await outcome(cavage({ key: edPrivate, parameters: { algorithm: 'ed25519' } }), edPublic),
    '202',
  )
  assert.equal(await outcome(cavage({ parameters: { algorithm: 'ed25519' } })), '401')
})

test('SIG-19 (created) goes with hs2019 and its own parameter only', async () => {
  const covered = ['(request-target)', 'host', '(created)', 'digest']
  const created = seconds(NOW)
  await expect([
    ['rsa-sha256', cavage({ covered, parameters: { created } }), '401 created-without-hs2019'],
    [
      'no algorithm',
      cavage({ covered, parameters: { created, algorithm: undefined } }),
      '401 created-without-hs2019',
    ],
    ['no parameter', cavage({ covered, parameters: { algorithm: 'hs2019' } }), '401 covered-but-missing'],
    ['as it should be', cavage({ covered, parameters: { created, algorithm: 'hs2019' } }), '202'],
  ])
})

test('SIG-20 a signature by a key we do not verify with is false, never an error', async () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  assert.equal(await outcome(cavage({ key: small.privateKey }), small.publicKey), '401')
  assert.equal(await outcome(cavage(), ec.publicKey), '401')
  assert.equal(await outcome(cavage(), privateKey), '401')
  assert.equal(await outcome(cavage(), 'garbage'), '401')
})

test('SIG-21 RFC 9421 without one of its required parts is refused', async () => {
  const created = `;created=${seconds(NOW)}`
  await expect([
    ['created', rfc9421({ parameters: `;keyid="${keyId}"` }), '401 parameter-missing'],
    ['keyid', rfc9421({ parameters: created }), '401 parameter-missing'],
    ['@method', rfc9421({ components: '"@target-uri" "content-digest"' }), '401 not-covered'],
    ['@target-uri', rfc9421({ components: '"@method" "content-digest"' }), '401 not-covered'],
    ['content-digest', rfc9421({ components: '"@method" "@target-uri"' }), '401 not-covered'],
    ['everything', rfc9421({ components: '' }), '401 not-covered'],
    ['created as text', rfc9421({ parameters: `;created="now";keyid="${keyId}"` }), '401 time'],
    ['the signature', altered(rfc9421(), { signature: 'sig2=:AAAA:' }), '401 signature-missing'],
  ])
})

test('SIG-22 headers that are no structured fields are malformed, whatever they are', async () => {
  const good = rfc9421()
  const broken = [
    'sig1',
    'sig1=',
    'sig1=(',
    'sig1=("@method"',
    'sig1=("@method)',
    'sig1="text"',
    'sig1=:AAAA:',
    '=()',
  ]
  for (const text of broken) {
    assert.match(await outcome(altered(good, { 'signature-input': text })), /^400 /, text)
  }
  for (const text of ['sig1', 'sig1=:@:', 'sig1="x"', 'sig1=(1)', 'keyId=x', 'x'.repeat(9000)]) {
    assert.match(await outcome(altered(good, { signature: text })), /^40[01] /, text)
  }
  for (const text of [
    '',
    'x',
    'keyId',
    'keyId=',
    'keyId="',
    'keyId="a",',
    'signature="@"',
    ',',
    '"',
    'keyId=\\"a"',
  ]) {
    assert.match(await outcome(altered(cavage(), { signature: text })), /^40[01] /, text)
  }
  assert.equal(await outcome(cavage({ parameters: { signature: 'not base64!' } })), '400 signature')
})

test('SIG-22 two hundred damaged headers are refused without an error', async () => {
  const places: [SignedRequest, string][] = [
    [rfc9421(), 'signature-input'],
    [rfc9421(), 'signature'],
    [rfc9421(), 'content-digest'],
    [cavage(), 'signature'],
  ]
  const odd = ['"', '\\', '(', ')', ';', ',', '=', ':', ' ', '\u00ff', '?', '*']
  for (const [signed, name] of places) {
    const text = header(signed, name)
    for (let round = 0; round < 50; round++) {
      const at = (round * 7919) % text.length
      const bad = text.slice(0, at) + (odd[round % odd.length] ?? '') + text.slice(at + (round % 3) + 1)
      // Space between members is free, so a few of them say the same as before.
      assert.match(await outcome(altered(signed, { [name]: bad })), /^(40[01]|202)/, bad)
    }
  }
})

test('SIG-23 of several signatures the first that could count decides, and doubled labels are malformed', async () => {
  const mallory = rfc9421()
  const victim = `;created=${seconds(NOW)};keyid="https://v.test/users/vic#main-key"`
  const forged = {
    input: `sig2=("@method" "@target-uri" "content-digest")${victim}`,
    signature: 'sig2=:AAAA:',
  }
  const both = (first: string[], second: string[]) => [first.join(', '), second.join(', ')] as const
  const pair = ([input, signature]: readonly [string, string]) =>
    altered(mallory, { 'signature-input': input, signature })
  const inputs = [header(mallory, 'signature-input'), forged.input]
  const signatures = [header(mallory, 'signature'), forged.signature]
  const creditedTo = (signed: SignedRequest) => parseSignature(signed, NOW).claim?.keyId
  assert.equal(creditedTo(pair(both(inputs, signatures))), keyId)
  assert.equal(await outcome(pair(both(inputs, signatures))), '202')
  assert.equal(await outcome(pair(both(inputs.toReversed(), signatures))), '401')
  const twice = pair(
    both([header(mallory, 'signature-input'), forged.input.replace('sig2', 'sig1')], signatures),
  )
  assert.equal(await outcome(twice), '400 label-doubled')
  const useless = `sig0=("@status");created=1;keyid="x"`
  assert.equal(await outcome(pair(both([useless, ...inputs], signatures))), '202')
  const many = ['a', 'b', 'c', 'd', 'e'].map((label) => `${label}=()`)
  assert.equal(await outcome(pair(both(many, signatures))), '400 signature-input')
})

test('SIG-23 parameters of components, unknown parameters and components are refused', async () => {
  const base = '"@method" "@target-uri" "content-digest"'
  const table: [string, SignedRequest, string][] = ['sf', 'bs', 'req', 'tr', 'key="a"'].map((parameter) => [
    parameter,
    rfc9421({ components: base.replace('"content-digest"', `"content-digest";${parameter}`) }),
    '401 component-parameter',
  ])
  await expect([
    ...table,
    ['unknown parameter', rfc9421({ parameters: `${usualParameters};x=1` }), '401 parameter-unknown'],
    ['@status', rfc9421({ components: `${base} "@status"` }), '401 covered-but-missing'],
    ['constructor', rfc9421({ components: `${base} "constructor"` }), '401 covered-but-missing'],
    ['covered twice', rfc9421({ components: `${base} "@method"` }), '401 covered-twice'],
    ['cavage, unknown parameter', cavage({ parameters: { x: 'y' } }), '401 parameter-unknown'],
    [
      'cavage, constructor',
      cavage({ covered: ['(request-target)', 'host', 'date', 'digest', 'constructor'] }),
      '401 covered-but-missing',
    ],
    [
      'cavage, covered twice',
      cavage({ covered: ['(request-target)', 'host', 'date', 'digest', 'host'] }),
      '401 covered-twice',
    ],
  ])
  const doubled = cavage()
  const again = `${header(doubled, 'signature')},keyId="https://v.test/users/vic"`
  assert.equal(await outcome(altered(doubled, { signature: again })), '400 parameter-doubled')
  const two = [header(doubled, 'signature'), header(doubled, 'signature')]
  assert.equal(await outcome(altered(doubled, { signature: two })), '400 parameter-doubled')
})

test('SIG-24 an alg that does not fit the key is refused', async () => {
  for (const alg of ['hmac-sha256', 'rsa-pss-sha512', 'ecdsa-p256-sha256', 'rsa-sha256', '']) {
    assert.equal(
      await outcome(rfc9421({ parameters: `${usualParameters};alg="${alg}"` })),
      '401 algorithm',
      alg,
    )
  }
  assert.equal(await outcome(rfc9421({ parameters: `${usualParameters};alg="ed25519"` })), '401')
  const fitting = rfc9421({ key: ed25519.privateKey, parameters: `${usualParameters};alg="ed25519"` })
  assert.equal(await outcome(fitting, ed25519.publicKey), '202')
})

test('SIG-25 where both schemes are present RFC 9421 decides alone', async () => {
  const combined = (older: SignedRequest, newer: SignedRequest, separator: 'joined' | 'two lines') => {
    const lines = [header(older, 'signature'), header(newer, 'signature')]
    const signature = separator === 'joined' ? lines.join(', ') : lines
    return altered(older, { ...(newer.headers as Headers), signature })
  }
  const badOlder = cavage({ pseudo: { '(request-target)': 'post /elsewhere' } })
  const badNewer = rfc9421({ values: { '@target-uri': 'https://h.test/elsewhere' } })
  for (const separator of ['joined', 'two lines'] as const) {
    await expect([
      ['both good', combined(cavage(), rfc9421(), separator), '202'],
      ['older bad', combined(badOlder, rfc9421(), separator), '202'],
      ['newer bad', combined(cavage(), badNewer, separator), '401'],
      ['both bad', combined(badOlder, badNewer, separator), '401'],
    ])
  }
  const garbled = altered(cavage(), { 'signature-input': '(((' })
  assert.match(await outcome(garbled), /^400 /)
})

test('SIG-26 a query left out of the signature is forgiven for reads only', async () => {
  const get = { ...cavage({ method: 'GET', path: '/users/bob/outbox' }), path: '/users/bob/outbox?page=2' }
  await expect([
    ['GET', get, '202'],
    [
      'GET, other query',
      { ...cavage({ method: 'GET', path: '/outbox?page=1' }), path: '/outbox?page=2' },
      '401',
    ],
    ['POST', { ...cavage({ path: '/inbox' }), path: '/inbox?x' }, '401'],
    ['POST, query signed', cavage({ path: '/inbox?x' }), '202'],
  ])
})
