import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Refusal } from './errors.ts'
import {
  generateSigningKeys,
  generateVapidKeys,
  hashPassword,
  hashToken,
  isWeakHash,
  randomToken,
  timingSafeEqualText,
  verifyPassword,
} from './secrets.ts'

const cheap = { memory: 64, passes: 1, parallelism: 1 }

describe('passwords', () => {
  it('are kept as argon2id and known again', async () => {
    const hash = await hashPassword('correct horse', cheap)
    assert.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.equal(await verifyPassword('correct horse', hash), true)
    assert.equal(await verifyPassword('correct horsf', hash), false)
    assert.notEqual(await hashPassword('correct horse', cheap), hash)
    assert.equal(isWeakHash(hash), true)
  })

  it('cost 19 MiB and two passes unless a test says otherwise', async () => {
    const hash = await hashPassword('x')
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.equal(isWeakHash(hash), false)
  })

  it('reads a hash made elsewhere', async () => {
    const reference = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    assert.equal(await verifyPassword('password', reference), true)
  })

  it('are the same however the keyboard writes the letters', async () => {
    assert.equal(await verifyPassword('e\u0301te', await hashPassword('\u00e9te', cheap)), true)
  })

  it('of nobody are as slow to check and never right', async () => {
    assert.equal(await verifyPassword('x', null, cheap), false)
    assert.equal(await verifyPassword('x', '$2a$10$abcdefghijklmnopqrstuv', cheap), false)
  })

  it('over 4,096 bytes are refused before any work', async () => {
    const tooLong = (error: Refusal) => error.kind === 'invalid'
    const started = performance.now()
    await assert.rejects(hashPassword('a'.repeat(1_000_000)), tooLong)
    await assert.rejects(verifyPassword('ü'.repeat(2049), null), tooLong)
    assert.ok(performance.now() - started < 100)
    assert.match(await hashPassword('ü'.repeat(2048), cheap), /^\$argon2id/)
  })
})

describe('tokens', () => {
  it('are never the same and stored as a digest', () => {
    const token = randomToken()
    assert.match(token, /^[\w-]{43}$/)
    assert.notEqual(randomToken(), token)
    assert.equal(randomToken(16).length, 22)
    assert.equal(hashToken('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })

  it('are compared without telling where they differ', () => {
    assert.equal(timingSafeEqualText('abc', 'abc'), true)
    assert.equal(timingSafeEqualText('abc', 'abcd'), false)
  })
})

describe('keys', () => {
  it('of an actor sign and verify', async () => {
    const { rsa, ed25519 } = await generateSigningKeys()
    const data = Buffer.from('signed')
    assert.ok(verify('sha256', data, rsa.publicKey, sign('sha256', data, rsa.privateKey)))
    assert.ok(verify(null, data, ed25519.publicKey, sign(null, data, ed25519.privateKey)))
    assert.equal(createPublicKey(rsa.publicKey).asymmetricKeyDetails?.modulusLength, 2048)
    assert.equal(createPrivateKey(ed25519.privateKey).asymmetricKeyType, 'ed25519')
  })

  it('of web push are a raw point and scalar', () => {
    const { publicKey, privateKey } = generateVapidKeys()
    assert.equal(Buffer.from(publicKey, 'base64url').length, 65)
    assert.equal(Buffer.from(privateKey, 'base64url').length, 32)
  })
})
