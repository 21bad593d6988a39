import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openFiles } from './files.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-files-'))
after(() => rmSync(home, { recursive: true, force: true }))

async function textOf(read: Uint8Array | ReadableStream<Uint8Array> | null): Promise<string | null> {
  return read && new Response(read as ReadableStream).text()
}

describe('openFiles', () => {
  const directory = join(home, 'media')
  const files = openFiles(directory)
  const bytes = Buffer.from('a picture')
  const hash = createHash('sha256').update(bytes).digest('hex')

  test('content lies under its SHA-256, for our eyes only, with nothing else beside it', async () => {
    assert.equal(await files.put(bytes), hash)
    assert.equal(await files.put(bytes), hash)
    const folder = join(directory, hash.slice(0, 2), hash.slice(2, 4))
    assert.deepEqual(readdirSync(folder), [hash])
    assert.equal(statSync(join(folder, hash)).mode & 0o777, 0o600)
    assert.equal(statSync(directory).mode & 0o777, 0o700)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
  })

  test('parts are read with both ends', async () => {
    assert.equal(await textOf(await files.read(hash, { start: 2, end: 4 })), 'pic')
    assert.equal(await textOf(await files.read(hash, { start: 0, end: bytes.length - 1 })), 'a picture')
  })

  test('large content comes as a stream', async () => {
    const large = Buffer.alloc(300_000, 'ab')
    const read = await files.read(await files.put(large), { start: 1, end: 200_000 })
    assert.ok(read instanceof ReadableStream)
    assert.equal(await textOf(read), large.toString('utf8', 1, 200_001))
  })

  test('what was removed is gone, and removing twice is no fault', async () => {
    files.remove(hash)
    files.remove(hash)
    assert.equal(files.has(hash), false)
    assert.equal(await files.read(hash, { start: 0, end: 1 }), null)
  })

  test('nothing but a hash is ever a path (MED-11)', async () => {
    for (const odd of ['../../etc/passwd', `${'a'.repeat(63)}/`, '', 'A'.repeat(64)]) {
      assert.throws(() => files.has(odd))
      assert.throws(() => files.remove(odd))
      await assert.rejects(async () => files.read(odd, { start: 0, end: 1 }))
    }
  })
})
