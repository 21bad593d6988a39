import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { CryptographicKey, signRequest, verifyRequest } from '@fedify/fedify'
import { parseSignature, verifyClaim } from '#federation/signatures/signatures.ts'
import { signCavage } from '#federation/signatures/signatures-cavage.ts'
import { digestOf } from '#federation/signatures/signatures-digest.ts'

// An independent implementation on the other side of the table: neither was written with the other in view.
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
// Fedify brings its own, older type of the same thing.
type PeerKey = Parameters<typeof signRequest>[1]
const keyId = 'https://e.test/users/mal#main-key'
const body = '{"type":"Create"}'

test('Fedify accepts what we sign', async () => {
  const now = Date.now()
  const url = 'https://h.test/inbox'
  const sent = { 'Content-Type': 'application/activity+json' }
  const outgoing = { method: 'POST', url, headers: sent, digest: digestOf(body), keyId, privateKey, now }
  const headers = await signCavage(outgoing)
  const owner = new URL('https://e.test/users/mal')
  const key = new CryptographicKey({
    id: new URL(keyId),
    owner,
    publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']) as unknown as PeerKey,
  })
  const keyCache = { get: async () => key, set: async () => {} }
  const documentLoader = async () => assert.fail('nothing is to be fetched')
  const good = await verifyRequest(new Request(url, { method: 'POST', headers, body }), {
    keyCache,
    documentLoader,
  })
  assert.equal(good?.id?.href, keyId)
})

test('we accept what Fedify signs', async () => {
  const signer = privateKey.toCryptoKey(algorithm, true, ['sign']) as unknown as PeerKey
  // It leaves the query out of what it signs.
  for (const [method, path] of [
    ['POST', '/inbox'],
    ['GET', '/users/bob/outbox?page=2'],
  ] as const) {
    const init = method === 'POST' ? { method, body } : { method }
    const signed = await signRequest(new Request(`https://h.test${path}`, init), signer, new URL(keyId))
    const headers = { host: 'h.test', ...Object.fromEntries(signed.headers) }
    const raw = method === 'POST' ? Buffer.from(body) : null
    const { claim } = parseSignature({ method, path, headers, body: raw, hosts: ['h.test'] }, Date.now())
    assert.equal(claim?.keyId, keyId)
    assert.ok(await verifyClaim(claim, publicKey), method)
  }
})
