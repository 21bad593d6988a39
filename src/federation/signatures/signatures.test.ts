import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { parseSignature } from '#federation/signatures/signatures.ts'
import { sign9421 } from '#federation/signatures/signatures-9421.ts'
import { signCavage } from '#federation/signatures/signatures-cavage.ts'
import { digestOf } from '#federation/signatures/signatures-digest.ts'
import {
  altered,
  body,
  cavage,
  dateAt,
  digestHeader,
  ed25519,
  expect,
  header,
  keyId,
  MINUTE,
  NOW,
  outcome,
  pem,
  privateKey,
  publicKey,
  request,
  rfc9421,
  seconds,
  usualParameters,
} from '../../../test/signed-requests.ts'

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
