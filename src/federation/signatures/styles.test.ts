import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import { serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { fetchDocument } from '../fetch/fetch-document.ts'
import { parseSignature } from './signatures.ts'

for (const database of databases) {
  describe(`two ways of signing (${database})`, () => {
    let network: Network
    let w: World
    let styles: string[]
    let takes: string

    beforeEach(async () => {
      network = openNetwork()
      w = await world({ database, http: network })
      styles = []
      takes = 'rfc9421'
      const documents = new Map<string, Record<string, unknown>>()
      const mal = stranger(documents, 'e.test', 'mal')
      serveDocuments(network, documents, ['open.test'])
      network.host('e.test', async ({ method, url, headers, body }) => {
        const request = { method, path: url.pathname, headers: { ...headers, host: url.host }, body }
        const { claim } = parseSignature({ ...request, hosts: ['e.test'] }, w.app.now())
        styles.push(`${method} ${claim?.scheme}`)
        const status = claim?.scheme === takes ? 200 : 401
        const type = { 'content-type': 'application/activity+json' }
        return { status, headers: type, body: Buffer.from(JSON.stringify(documents.get(mal.uri))) }
      })
    })
    afterEach(() => w.close())

    const fetchAnew = (app = w.app) => fetchDocument(app, 'https://e.test/users/mal', { fresh: true })

    test('a host that refuses the older way is asked once more in the newer one, and is known for it from then on', async () => {
      assert.equal((await fetchAnew()).kind, 'document')
      assert.equal((await fetchAnew()).kind, 'document')
      assert.deepEqual(styles, ['GET cavage', 'GET rfc9421', 'GET rfc9421'])
      takes = 'cavage'
      assert.equal((await fetchAnew()).kind, 'document')
      assert.deepEqual(styles.slice(3), ['GET rfc9421', 'GET cavage'])
      const rows = await w.app.db.selectFrom('signing_style').select(['host', 'style']).execute()
      assert.deepEqual(rows, [{ host: 'e.test', style: 'cavage' }])
    })

    test('who refuses both is not knocked at twice every time', async () => {
      takes = 'neither'
      await fetchAnew()
      await fetchAnew()
      await fetchAnew()
      assert.deepEqual(styles, ['GET cavage', 'GET rfc9421', 'GET cavage', 'GET cavage'])
    })

    if (database === 'postgres')
      test('another process knows it too', async () => {
        await fetchAnew()
        const beside = await world({ database, http: network, beside: w })
        styles = []
        await fetchAnew(beside.app)
        assert.deepEqual(styles, ['GET rfc9421'])
        await beside.close()
      })
  })
}
