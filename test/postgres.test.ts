import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import pg from 'pg'
import { startPostgres } from './postgres.ts'

describe('startPostgres', () => {
  test('gives a server of its own, clears what a killed run left, and leaves nothing behind', async () => {
    const forgotten = mkdtempSync(join(tmpdir(), 'hyrax-postgres-'))
    const nobodysProcess = 2 ** 22 + 1
    writeFileSync(join(forgotten, 'runner'), String(nobodysProcess))
    const { url, stop } = await startPostgres()
    try {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      const { rows } = await client.query("select lower('ÄÉ') as lower, current_setting('fsync') as fsync")
      await client.end()
      assert.deepEqual(rows, [{ lower: 'äé', fsync: 'off' }])
      assert.equal(existsSync(forgotten), false)
    } finally {
      await stop()
    }
    await assert.rejects(new pg.Client({ connectionString: url }).connect())
  })
})
