import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Network } from '../../test/network.ts'
import { openNetwork } from '../../test/network.ts'
import { foreignDraft } from '../../test/remote-actor.ts'
import type { Stranger } from '../../test/stranger.ts'
import { serveDocuments, stranger } from '../../test/stranger.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { createStatus } from './create-status.ts'
import type { Status } from './entities.ts'

const THUMB = encodeURIComponent('👍')

for (const database of databases) {
  describe(`reactions (${database})`, () => {
    let w: World
    let network: Network
    let documents: Map<string, Record<string, unknown>>
    let eff: Stranger
    let id: string
    let uri: string
    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['cat.test'])
      eff = stranger(documents, 'cat.test', 'eff')
      const posted = (await w.as('bob').post('/api/v1/statuses', { status: 'hello' })).body as Status
      id = posted.id
      uri = posted.uri
    })
    afterEach(() => w.close())

    const seen = async (who: 'alice' | 'bob' = 'bob') =>
      (await w.as(who).get(`/api/v1/statuses/${id}`)).body as Status
    const send = async (type: string, more: Record<string, unknown>) => {
      const activity = eff.activity(type, uri, more)
      assert.equal(await eff.send(w, activity), 202)
      await w.settle()
      return activity
    }

    test('a member reacts with an emoji, which is a favourite with a face, and takes it back', async () => {
      const made = await w.as('alice').post(`/api/v1/statuses/${id}/react/${THUMB}`)
      assert.equal(made.status, 200)
      const { reactions, favourites_count, favourited } = made.body as Status
      assert.deepEqual(reactions, [{ name: '👍', count: 1, me: true }])
      assert.deepEqual([favourites_count, favourited], [1, true])
      assert.deepEqual((await seen()).reactions, [{ name: '👍', count: 1, me: false }])
      await w.settle()
      const heard = (await w.as('bob').get('/api/v1/notifications')).body as { type: string }[]
      assert.deepEqual(
        heard.map(({ type }) => type),
        ['favourite'],
      )
      await w.as('alice').post(`/api/v1/statuses/${id}/unreact/${THUMB}`)
      const after = await seen()
      assert.deepEqual([after.reactions, after.favourites_count], [undefined, 0])
    })

    test('another emoji takes the place of the first, and a plain favourite may get a face later', async () => {
      await w.as('alice').post(`/api/v1/statuses/${id}/favourite`)
      await w.as('alice').put(`/api/v1/pleroma/statuses/${id}/reactions/${THUMB}`)
      await w.as('alice').put(`/api/v1/pleroma/statuses/${id}/reactions/${encodeURIComponent('🔥')}`)
      const { reactions, favourites_count } = await seen()
      assert.deepEqual([reactions, favourites_count], [[{ name: '🔥', count: 1, me: false }], 1])
      const named = (await w.anyone.get(`/api/v1/pleroma/statuses/${id}/reactions`)).body as {
        accounts: { acct: string }[]
      }[]
      assert.deepEqual(
        named[0]?.accounts.map(({ acct }) => acct),
        ['alice'],
      )
    })

    test('what is no emoji is refused, and so is a post that may not be seen', async () => {
      for (const name of ['no', 'nope_at_all', '👍👍', '<b>', 'a'.repeat(400)]) {
        const { status } = await w
          .as('alice')
          .post(`/api/v1/statuses/${id}/react/${encodeURIComponent(name)}`)
        assert.equal(status, 422, name)
      }
      const secret = (await w.as('bob').post('/api/v1/statuses', { status: 'x', visibility: 'direct' }))
        .body as Status
      assert.equal((await w.as('alice').post(`/api/v1/statuses/${secret.id}/react/${THUMB}`)).status, 404)
    })

    test('reactions of Misskey and Pleroma are understood, with emojis of their own', async () => {
      const tag = [
        {
          type: 'Emoji',
          id: 'https://cat.test/emojis/neko',
          name: ':neko:',
          icon: { type: 'Image', url: 'https://cat.test/neko.png' },
        },
      ]
      const first = await send('Like', { content: ':neko:', _misskey_reaction: ':neko:', tag })
      const [shown] = (await seen()).reactions ?? []
      assert.deepEqual([shown?.name, shown?.count], ['neko@cat.test', 1])
      assert.match(shown?.url ?? '', /\/media_proxy\/emojis\//)
      await send('Undo', { object: { ...first } })
      assert.equal((await seen()).reactions, undefined)
      await send('EmojiReact', { content: '🔥' })
      assert.deepEqual((await seen()).reactions, [{ name: '🔥', count: 1, me: false }])
      assert.equal((await seen()).favourites_count, 1)
    })

    test('a Like with words, or with an emoji that brings no picture, is a plain favourite', async () => {
      await send('Like', { content: 'very nice' })
      await send('Like', { content: ':ghost:' })
      const { reactions, favourites_count } = await seen()
      assert.deepEqual([reactions, favourites_count], [undefined, 1])
    })

    test('a reaction to a post elsewhere is sent as a Like that says its emoji', async () => {
      const { dan } = w.cast
      const post = await createStatus(w.app, foreignDraft(dan, `${dan.uri}/notes/1`))
      await w.as('alice').post(`/api/v1/statuses/${post?.id}/react/${THUMB}`)
      await w.settle()
      const [sent] = await w.app.db.selectFrom('outgoing').select('body').execute()
      const { type, content, _misskey_reaction, object } = JSON.parse(sent?.body ?? '{}')
      assert.deepEqual([type, content, _misskey_reaction, object], ['Like', '👍', '👍', `${dan.uri}/notes/1`])
    })

    test('where reactions are switched off, members cannot give them', async () => {
      await w.close()
      w = await world({ database, settings: { HYRAX_REACTIONS: 'false' } })
      const posted = (await w.as('bob').post('/api/v1/statuses', { status: 'hello' })).body as Status
      assert.equal((await w.as('alice').post(`/api/v1/statuses/${posted.id}/react/${THUMB}`)).status, 403)
    })
  })
}
