import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { BadSignature, type SignedRequest } from '#federation/signatures/signatures-claim.ts'
import { checkDigests, digestOf } from '#federation/signatures/signatures-digest.ts'

const body = Buffer.from('{"type":"Create"}')
const sha256 = createHash('sha256').update(body).digest('base64')
const sha512 = createHash('sha512').update(body).digest('base64')
const md5 = createHash('md5').update(body).digest('base64')
const other = createHash('sha256').update('other').digest('base64')

function outcome(headers: SignedRequest['headers'], sent: Buffer | null = body): unknown {
  try {
    return checkDigests({ method: 'POST', path: '/inbox', headers, body: sent, hosts: [] })
  } catch (error) {
    assert.ok(error instanceof BadSignature, String(error))
    return `${error.refusal.status} ${error.refusal.reason}`
  }
}

test('a digest is that of the raw bytes, in both forms', () => {
  assert.deepEqual(digestOf(body), { digest: `SHA-256=${sha256}`, contentDigest: `sha-256=:${sha256}:` })
})

test('the true digest is accepted in every spelling that peers use', () => {
  const both = { digest: true, contentDigest: false }
  for (const digest of [
    `SHA-256=${sha256}`,
    `sha-256=${sha256}`,
    `SHA-512=${sha512}`,
    `MD5=${md5}, SHA-256=${sha256}`,
  ]) {
    assert.deepEqual(outcome({ digest }), both, digest)
  }
  for (const field of [
    `sha-256=:${sha256}:`,
    `sha-512=:${sha512}:`,
    `sha-512=:${sha512}:, sha-256=:${sha256}:`,
  ]) {
    assert.deepEqual(outcome({ 'content-digest': field }), { digest: false, contentDigest: true }, field)
  }
})

test('SIG-03 one changed byte is a mismatch', () => {
  const changed = Buffer.from(body)
  changed[3] = (changed[3] ?? 0) ^ 1
  assert.equal(outcome({ digest: `SHA-256=${sha256}` }, changed), '401 digest-mismatch')
  assert.equal(outcome({ 'content-digest': `sha-256=:${sha256}:` }, changed), '401 digest-mismatch')
  assert.equal(outcome({ digest: `SHA-256=${sha256}` }, null), '401 digest-mismatch')
})

test('SIG-04 weak, unknown, unreadable, short and doubled digests are refused', () => {
  const table: [SignedRequest['headers'], string][] = [
    [{ digest: `MD5=${md5}` }, '401 digest-algorithm'],
    [{ digest: `SHA=${md5}` }, '401 digest-algorithm'],
    [{ digest: `constructor=${sha256}` }, '401 digest-algorithm'],
    [{ digest: `sha-3=${sha256}` }, '401 digest-algorithm'],
    [{ digest: 'SHA-256=not base64!' }, '400 digest'],
    [{ digest: 'SHA-256=@@@@' }, '400 digest'],
    [{ digest: '' }, '400 digest'],
    [{ digest: 'SHA-256' }, '400 digest'],
    [{ digest: `SHA-256=${md5}` }, '401 digest-length'],
    [{ digest: `SHA-256=${sha256},SHA-256=${other}` }, '401 digest-doubled'],
    [{ digest: `SHA-256=${other},sha-256=${sha256}` }, '401 digest-doubled'],
    [{ digest: [`SHA-256=${sha256}`, `SHA-256=${other}`] }, '401 digest-doubled'],
    [{ digest: `SHA-256=${sha256},SHA-512=${sha256}` }, '401 digest-length'],
    [{ 'content-digest': `md5=:${md5}:` }, '401 digest-algorithm'],
    [{ 'content-digest': `sha-256=:${md5}:` }, '401 digest-length'],
    [{ 'content-digest': `sha-256=${sha256}` }, '400 content-digest'],
    [{ 'content-digest': 'sha-256=:@:' }, '400 content-digest'],
    [{ 'content-digest': `sha-256=:${other}:, sha-256=:${sha256}:` }, '401 digest-doubled'],
    [{ 'content-digest': 'sha-256="text"' }, '400 content-digest'],
    [{ 'content-digest': 'sha-256=("a")' }, '400 content-digest'],
  ]
  for (const [headers, expected] of table) assert.equal(outcome(headers), expected, JSON.stringify(headers))
})

test('SIG-05 every digest header that is present has to be true', () => {
  assert.deepEqual(outcome({ digest: `SHA-256=${sha256}`, 'content-digest': `sha-256=:${sha256}:` }), {
    digest: true,
    contentDigest: true,
  })
  const wrong = '401 digest-mismatch'
  assert.equal(outcome({ digest: `SHA-256=${other}`, 'content-digest': `sha-256=:${sha256}:` }), wrong)
  assert.equal(outcome({ digest: `SHA-256=${sha256}`, 'content-digest': `sha-256=:${other}:` }), wrong)
})
