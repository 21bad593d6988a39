import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { databases, world } from '../../../test/world.ts'
import { abandonBlob, blobByKey, deleteBlob, insertBlob, storeBlob } from './blobs.ts'

const home = mkdtempSync(join(tmpdir(), 'hyrax-blobs-'))
after(() => rmSync(home, { recursive: true, force: true }))

for (const database of databases) {
  describe(`blobs on ${database}`, async () => {
    const { app, settle, close } = await world({ database, settings: { HYRAX_DATA: join(home, database) } })
    after(close)
    const bytes = Buffer.from('seen twice')

    test('equal files are stored once, have keys of their own, and are deleted separately', async () => {
      const stored = await storeBlob(app, bytes, 'image/png')
      const one = await app.inTransaction((tx) => insertBlob(tx, stored))
      const two = await app.inTransaction(async (tx) =>
        insertBlob(tx, await storeBlob(tx, bytes, 'image/png')),
      )
      assert.equal(one.hash, two.hash)
      assert.notEqual(one.key, two.key)
      await app.inTransaction((tx) => deleteBlob(tx, one.key))
      await settle()
      assert.equal(await blobByKey(app, one.key), undefined)
      assert.deepEqual({ ...(await blobByKey(app, two.key)) }, two)
      assert.ok(app.blobs.has(two.hash))
      await app.inTransaction((tx) => deleteBlob(tx, two.key))
      await settle()
      assert.equal(app.blobs.has(two.hash), false)
    })

    test('a key is random: neither the hash nor anything else finds a file (MED-19)', async () => {
      const row = await app.inTransaction(async (tx) =>
        insertBlob(tx, await storeBlob(tx, bytes, 'image/png')),
      )
      assert.match(row.key, /^[\w-]{22}$/)
      for (const guess of [row.hash, row.hash.slice(0, 22), '', `${row.key}x`]) {
        assert.equal(await blobByKey(app, guess), undefined)
      }
    })

    test('bytes that got no row go, bytes that somebody uses stay', async () => {
      const used = await storeBlob(app, bytes, 'image/png')
      const unused = await storeBlob(app, Buffer.from('never used'), 'image/png')
      await abandonBlob(app, used)
      await abandonBlob(app, unused)
      assert.deepEqual([app.blobs.has(used.hash), app.blobs.has(unused.hash)], [true, false])
    })

    test('a row is never made for bytes that went meanwhile', async () => {
      const stored = await storeBlob(app, Buffer.from('fleeting'), 'image/png')
      app.blobs.remove(stored.hash)
      await assert.rejects(
        app.inTransaction((tx) => insertBlob(tx, stored)),
        /try again/,
      )
    })
  })
}
