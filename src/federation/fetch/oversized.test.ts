import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Json = Record<string, unknown>
const many = <T>(n: number, make: (at: number) => T) => Array.from({ length: n }, (_, at) => make(at))

for (const database of databases) {
  describe(`what is too large to keep (${database})`, () => {
    let network: Network
    let documents: Map<string, Json>
    let w: World
    let mal: Stranger
    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['e.test'])
      mal = stranger(documents, 'e.test', 'mal')
    })
    afterEach(() => w.close())

    const found = async () => {
      const query = `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(mal.uri)}`
      await w.as('bob').get(query)
      return w.app.db.selectFrom('account').selectAll().where('uri', '=', mal.uri).executeTakeFirst()
    }

    test('PAR-10 long words of an actor are cut where Mastodon cuts them, and long emoji codes are none', async () => {
      const field = { type: 'PropertyValue', name: 'n'.repeat(21_000), value: 'v'.repeat(21_000) }
      documents.set(mal.uri, {
        ...documents.get(mal.uri),
        name: 'ä'.repeat(20_480),
        summary: 'b'.repeat(200_000),
        attachment: [field],
        tag: [
          {
            type: 'Emoji',
            name: `:${'e'.repeat(20_480)}:`,
            icon: { type: 'Image', url: 'https://e.test/e.png' },
          },
        ],
      })
      const row = await found()
      assert.ok(row)
      const [kept] = JSON.parse(row.fields) as { name: string; value: string }[]
      assert.ok(kept)
      assert.deepEqual(
        [[...row.display_name].length, kept.name.length, kept.value.length],
        [2048, 2047, 2047],
      )
      assert.ok(row.note.length <= 20_480, `${row.note.length}`)
      const emojis = await w.app.db.selectFrom('emoji').select('id').where('host', '=', 'e.test').execute()
      assert.deepEqual(emojis, [])
    })

    test('PAR-05 endless lists are cut: of an actor, and of a post', async () => {
      documents.set(mal.uri, {
        ...documents.get(mal.uri),
        alsoKnownAs: many(10_000, (n) => `https://e.test/u/${n}`),
        attributionDomains: many(10_000, (n) => `d${n}.test`),
        attachment: many(3_000, (n) => ({ type: 'PropertyValue', name: `n${n}`, value: 'v' })),
      })
      const row = await found()
      assert.ok(row)
      const lengths = [row.also_known_as, row.attribution_domains, row.fields].map(
        (list) => (JSON.parse(list) as unknown[]).length,
      )
      assert.deepEqual(lengths, [256, 256, 50])
      await w.as('bob').post(`/api/v1/accounts/${row.id}/follow`)
      const id = 'https://e.test/notes/1'
      const note = {
        id,
        type: 'Question',
        attributedTo: mal.uri,
        published: new Date(w.app.now()).toISOString(),
        to: [PUBLIC, ...many(8_000, (n) => `https://e.test/u/${n}`)],
        content: 'hello',
        oneOf: many(2_000, (n) => ({ type: 'Note', name: `option ${n}` })),
        attachment: many(1_000, (n) => ({
          type: 'Document',
          mediaType: 'image/png',
          url: `https://e.test/${n}.png`,
        })),
        tag: many(3_000, (n) => ({ type: 'Hashtag', name: `#t${n}` })),
      }
      assert.equal(await mal.send(w, mal.activity('Create', note)), 202)
      await w.settle()
      const status = (await w.as('bob').get(`/api/v2/search?q=${encodeURIComponent(id)}&resolve=true`))
        .body as { statuses: Status[] }
      const [shown] = status.statuses
      assert.ok(shown)
      const { tags, media_attachments: media, poll } = shown
      assert.deepEqual([tags.length, media.length, poll?.options.length], [60, 32, 500])
      // Of all who are named nobody is asked for but the author.
      assert.ok(
        network.log.filter((line) => !line.includes(new URL(mal.uri).pathname)).length <= 2,
        `${network.log}`,
      )
    })
  })
}
