import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import {
  readPrivateKey,
  readPublicKey,
  signText,
  verifyText,
} from '#federation/signatures/signatures-keys.ts'

const spki = { type: 'spki', format: 'pem' } as const
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')

// A public key needs no prime numbers, so keys of any shape cost nothing to make.
function rsaPem(bits: number, exponent: number[] = [1, 0, 1]): string {
  const n = Buffer.alloc(bits / 8, 0xff).toString('base64url')
  const e = Buffer.from(exponent).toString('base64url')
  return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    .export(spki)
    .toString()
}

test('RSA of ordinary size and Ed25519 are read, in both spellings of an RSA key', () => {
  for (const pem of [
    rsa.publicKey.export(spki),
    rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }),
    ed25519.publicKey.export(spki),
    rsaPem(4096),
    rsaPem(8192),
  ]) {
    assert.ok(readPublicKey(pem.toString()))
  }
})

test('a key is parsed once', () => {
  const pem = rsa.publicKey.export(spki).toString()
  assert.equal(readPublicKey(pem), readPublicKey(pem))
  const own = rsa.privateKey.export(pkcs8).toString()
  assert.equal(readPrivateKey(own), readPrivateKey(own))
})

test('SIG-20 keys too small, too large, of another kind or of no kind are refused', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  const table = {
    'RSA 512': rsaPem(512),
    'RSA 1024': rsaPem(1024),
    'RSA 16384': rsaPem(16384),
    'exponent 1': rsaPem(2048, [1]),
    'even exponent': rsaPem(2048, [1, 0, 0]),
    'huge exponent': rsaPem(2048, Array(255).fill(255)),
    EC: ec.publicKey.export(spki).toString(),
    X25519: generateKeyPairSync('x25519').publicKey.export(spki).toString(),
    'RSA-PSS': pss.publicKey.export(spki).toString(),
    'a private key': rsa.privateKey.export(pkcs8).toString(),
    'a certificate': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    garbage: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
    empty: '',
    '200 KB': `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(200_000)}\n-----END PUBLIC KEY-----`,
  }
  for (const [name, pem] of Object.entries(table)) assert.equal(readPublicKey(pem), null, name)
})

test('what is signed verifies with its own key and text alone', async () => {
  for (const { publicKey, privateKey } of [rsa, ed25519]) {
    const signature = await signText('text', privateKey)
    assert.equal(await verifyText('text', signature, publicKey), true)
    assert.equal(await verifyText('next', signature, publicKey), false)
    assert.equal(await verifyText('text', Buffer.alloc(3), publicKey), false)
    assert.equal(await verifyText('text', Buffer.alloc(0), publicKey), false)
  }
})
