import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSignature } from '#federation/signatures/signatures.ts'
import type { SignedRequest } from '#federation/signatures/signatures-claim.ts'
import {
  altered,
  cavage,
  ed25519,
  expect,
  type Headers,
  header,
  keyId,
  NOW,
  outcome,
  rfc9421,
  seconds,
  usualParameters,
} from '../../../test/signed-requests.ts'

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
