import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import { openNetwork } from '../../test/network.ts'
import { serveDocuments } from '../../test/stranger.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

type Json = Record<string, unknown>
/** How one kind of server writes a quote of `{quoted}`, beside the rest of its note. */
type Quoting = { source: string; context?: unknown; fields: Json }

const folder = join(import.meta.dirname, '../../test/fixtures')
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json
const kinds = read('quotes.json') as unknown as Record<string, Quoting>

for (const database of databases) {
  describe(`quotes of other software (${database})`, () => {
    let w: World
    let documents: Map<string, Json>
    beforeEach(async () => {
      const network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(
        network,
        documents,
        Object.keys(kinds).map((name) => `${name}.example`),
      )
    })
    afterEach(() => w.close())

    for (const [name, { source, context, fields }] of Object.entries(kinds)) {
      test(`what ${name} quotes is known for what it is (${source})`, async () => {
        const { actor, object } = read(`federation/${name}.json`) as Record<string, Json & { id: string }>
        assert.ok(actor && object)
        const { body } = await w
          .as('alice')
          .post('/api/v1/statuses', { status: 'said', visibility: 'public' })
        const { id, uri } = body as Status
        const quote = JSON.parse(JSON.stringify(fields).replaceAll('{quoted}', uri)) as Json
        documents.set(actor.id, actor)
        documents.set(object.id, { ...object, ...(context ? { '@context': context } : {}), ...quote })
        const found = await w.app.fediverse.findStatus(object.id)
        const shown = (await w.as('bob').get(`/api/v1/statuses/${found?.id}`)).body as Status
        assert.match(shown.content, /well said/)
        assert.match(shown.content, /RE: /)
        // Who asks is answered first; those who ask nobody are held to what alice lets everybody do.
        if (name === 'mastodon')
          return assert.deepEqual(shown.quote, { state: 'pending', quoted_status: null })
        assert.ok(shown.quote && 'quoted_status' in shown.quote)
        assert.equal(shown.quote.quoted_status?.id, id)
      })
    }
  })
}
