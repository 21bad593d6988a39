import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { generateVapidKeys } from './secrets.ts'
import { openSecrets } from './server-secrets.ts'

const root = mkdtempSync(join(tmpdir(), 'hyrax-secrets-'))
after(() => rmSync(root, { recursive: true, force: true }))

const permissions = (path: string) => statSync(path).mode & 0o777

/** Opens the secrets in a thread of its own, at the moment all of them have started. */
function openAtOnce(dataDirectory: string, gate: SharedArrayBuffer, threads: number): Worker {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.module).then(({ openSecrets }) => {
      const gate = new Int32Array(workerData.gate)
      Atomics.add(gate, 0, 1)
      while (Atomics.load(gate, 0) < workerData.threads);
      parentPort.postMessage(openSecrets({ dataDirectory: workerData.dataDirectory }))
    })`
  const module = new URL('./server-secrets.ts', import.meta.url).href
  return new Worker(code, { eval: true, workerData: { module, dataDirectory, gate, threads } })
}

describe('secrets.json', () => {
  it('is made on the first start, for us alone, and read again', () => {
    const dataDirectory = join(root, 'first/data')
    const secrets = openSecrets({ dataDirectory })
    assert.equal(permissions(dataDirectory), 0o700)
    assert.equal(permissions(join(dataDirectory, 'secrets.json')), 0o600)
    assert.deepEqual(readdirSync(dataDirectory), ['secrets.json'])
    assert.equal(Buffer.from(secrets.setupCode, 'base64url').length, 16)
    assert.equal(Buffer.from(secrets.sessionSecret, 'base64url').length, 32)
    assert.deepEqual(openSecrets({ dataDirectory }), secrets)
  })

  it('yields to the web push pair that was given', () => {
    const dataDirectory = join(root, 'given')
    const vapid = generateVapidKeys()
    assert.deepEqual(openSecrets({ dataDirectory, vapid }).vapid, vapid)
    assert.notDeepEqual(openSecrets({ dataDirectory }).vapid, vapid)
  })

  it('is one and the same for all who open it at once', async () => {
    const dataDirectory = join(root, 'race')
    const gate = new SharedArrayBuffer(4)
    const threads = 4
    const workers = Array.from({ length: threads }, () => openAtOnce(dataDirectory, gate, threads))
    const answers = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
    for (const answer of answers) assert.deepEqual(answer, openSecrets({ dataDirectory }))
    assert.deepEqual(readdirSync(dataDirectory), ['secrets.json'])
  })

  it('is not replaced when it is damaged', () => {
    const dataDirectory = join(root, 'damaged')
    openSecrets({ dataDirectory })
    for (const text of ['', '{', 'null', '{"sessionSecret":"x"}']) {
      writeFileSync(join(dataDirectory, 'secrets.json'), text)
      assert.throws(() => openSecrets({ dataDirectory }), /damaged/, text)
    }
  })
})
