import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { insertBlob, storeBlob } from '#platform/blobs/blobs.ts'
import { world } from '../../test/world.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-media-'))
after(() => rmSync(home, { recursive: true, force: true }))

describe('mountMedia', async () => {
  const { app, site, close } = await world({ settings: { HYRAX_DATA: home } })
  after(close)
  const keep = (bytes: Buffer, mime: string) =>
    app.inTransaction(async (tx) => insertBlob(tx, await storeBlob(app, bytes, mime)))
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    site.request(`https://here.example${path}`, { method, headers: { Host: 'here.example', ...headers } })
  const content = Buffer.from('0123456789')
  const { key, hash } = await keep(content, 'image/png')
  const path = `/media/${key}.png`

  test('a file is served with its type, for ever, harmless, to everybody (MED-14)', async () => {
    const answer = await ask(path)
    assert.equal(answer.status, 200)
    const expected = {
      'content-type': 'image/png',
      'content-length': '10',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'access-control-allow-origin': '*',
      'accept-ranges': 'bytes',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(answer.headers.get(name), value)
    assert.equal(await answer.text(), '0123456789')
    assert.equal((await ask(`/media/${key}`)).status, 200)
  })

  test('the hash finds nothing and is told to nobody (MED-19)', async () => {
    const answer = await ask(path)
    const base64 = createHash('sha256').update(content).digest('base64url')
    for (const [, value] of answer.headers)
      assert.ok(!value.includes(hash.slice(0, 12)) && !value.includes(base64.slice(0, 12)))
    for (const guess of [hash, base64, hash.slice(0, 22), `${key}x`]) {
      assert.equal((await ask(`/media/${guess}.png`)).status, 404)
    }
  })

  test('the ending must be the true one, and names are never paths (MED-11)', async () => {
    const { key: odd } = await keep(Buffer.from('{}'), 'application/activity+json')
    const wrong = [`${key}.json`, `${key}.html`, `${key}.png.png`, `..%2f${hash}`, `${odd}.json`, `${odd}.`]
    for (const name of wrong) assert.equal((await ask(`/media/${name}`)).status, 404, name)
  })

  test('no path gives a document of ActivityPub, whatever is asked for (ORG-12)', async () => {
    const { key: odd } = await keep(Buffer.from('{"type":"Person"}'), 'application/activity+json')
    for (const each of [
      path,
      `/media/${odd}`,
      '/avatars/original/missing.png',
      '/headers/original/missing.png',
    ]) {
      const answer = await ask(each, { Accept: 'application/activity+json' })
      assert.match(answer.headers.get('content-type') ?? '', /^(?:image\/png|application\/octet-stream)$/)
    }
    const download = await ask(`/media/${odd}`)
    assert.equal(download.headers.get('content-disposition'), 'attachment')
  })

  test('one range is served, beyond the end is 416, several are the whole (MED-15)', async () => {
    const part = async (range: string, more: Record<string, string> = {}) => {
      const answer = await ask(path, { Range: range, ...more })
      return [answer.status, await answer.text(), answer.headers.get('content-range')]
    }
    assert.deepEqual(await part('bytes=2-4'), [206, '234', 'bytes 2-4/10'])
    assert.deepEqual(await part('bytes=7-'), [206, '789', 'bytes 7-9/10'])
    assert.deepEqual(await part('bytes=-3'), [206, '789', 'bytes 7-9/10'])
    assert.deepEqual(await part('bytes=0-999'), [206, '0123456789', 'bytes 0-9/10'])
    assert.deepEqual(await part('bytes=10-'), [416, '', 'bytes */10'])
    assert.deepEqual(await part('bytes=-0'), [416, '', 'bytes */10'])
    const thousands = `bytes=${Array(2000).fill('0-1').join(',')}`
    for (const odd of [thousands, 'bytes=4-2', 'bytes=-', 'lines=1-2', 'bytes=a-b']) {
      assert.deepEqual(await part(odd), [200, '0123456789', null])
    }
    assert.deepEqual(await part('bytes=0-0', { 'If-Range': '"other"' }), [200, '0123456789', null])
    assert.deepEqual(await part('bytes=0-0', { 'If-Range': `"${key}"` }), [206, '0', 'bytes 0-0/10'])
  })

  test('HEAD tells the size, and what the asker has is not sent again', async () => {
    const head = await ask(path, {}, 'HEAD')
    assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '10', ''])
    const etag = head.headers.get('etag') ?? ''
    const again = await ask(path, { 'If-None-Match': `W/"x", ${etag}` })
    assert.deepEqual([again.status, await again.text()], [304, ''])
  })

  test('a large file is streamed', async () => {
    const large = Buffer.alloc(1_000_000, 'hyrax')
    const { key: big } = await keep(large, 'video/mp4')
    const answer = await ask(`/media/${big}.mp4`, { Range: 'bytes=5-900004' })
    assert.equal(answer.status, 206)
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(large.subarray(5, 900_005)))
  })

  test('the pictures that stand in are PNG and small', async () => {
    const names = [
      '/avatars/original/missing.png',
      '/headers/original/missing.png',
      '/assets/preview.png',
      '/assets/icon.png',
    ]
    for (const name of names) {
      const answer = await ask(name)
      const bytes = Buffer.from(await answer.arrayBuffer())
      assert.equal(bytes.toString('latin1', 1, 4), 'PNG')
      assert.ok(bytes.length < 16_384)
      assert.equal((await ask(name, { 'If-None-Match': answer.headers.get('etag') ?? '' })).status, 304)
    }
  })
})
