import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { accountByUri } from '#accounts/accounts.ts'
import { follow } from '#relationships/follow.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from '../../../test/network.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { accountAt } from '../fetch/fetch-account.ts'

for (const database of databases) {
  describe(`communities that pass on what members post (${database})`, () => {
    let w: World
    let network: Network
    let documents: Map<string, Record<string, unknown>>
    let group: Stranger
    let ivo: Stranger
    beforeEach(async () => {
      network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['lemmy.test', 'other.test'])
      group = stranger(documents, 'lemmy.test', 'birds')
      ivo = stranger(documents, 'other.test', 'ivo')
      const actor = documents.get(group.uri)
      assert.ok(actor)
      documents.set(group.uri, { ...actor, type: 'Group' })
      const known = await accountAt(w.app, group.uri)
      assert.ok(known)
      await follow(w.app, w.cast.bob, known)
      await w.app.inTransaction(async (tx) => {
        const waiting = await tx.db.selectFrom('follow_request').selectAll().execute()
        for (const row of waiting) {
          await tx.db.deleteFrom('follow_request').where('id', '=', row.id).execute()
          await tx.db.insertInto('follow').values(row).execute()
        }
      })
    })
    afterEach(() => w.close())

    const page = (content = '<p>Seen at dawn.</p>') =>
      ivo.note('heron', {
        type: 'Page',
        name: 'A heron',
        content,
        to: [PUBLIC, group.uri],
        cc: [],
        audience: group.uri,
      })
    const passOn = async (type: string, object: unknown) => {
      const inner = { ...ivo.activity(type, object), to: [PUBLIC], cc: [group.uri] }
      const status = await group.send(
        w,
        group.activity('Announce', inner, { to: [PUBLIC], cc: [`${group.uri}/followers`] }),
      )
      assert.equal(status, 202)
      await w.settle()
    }
    const home = async () => (await w.as('bob').get('/api/v1/timelines/home')).body as Status[]

    test('a member’s post arrives in the home of who follows the community, as its boost', async () => {
      await passOn('Create', page())
      const [shown] = await home()
      assert.equal(shown?.account.uri, group.uri)
      assert.equal(shown?.account.group, true)
      assert.equal(shown?.reblog?.account.uri, ivo.uri)
      assert.match(shown?.reblog?.content ?? '', /A heron.*Seen at dawn/s)
    })

    test('ORG-06 ACT-12 what the community says of a post is not believed: it is had from its own origin', async () => {
      const true_ = page()
      await passOn('Create', { ...true_, content: '<p>forged</p>' })
      assert.match((await home())[0]?.reblog?.content ?? '', /Seen at dawn/)
    })

    test('a member’s like, vote or quarrel passed on makes no noise', async () => {
      const post = page()
      await passOn('Create', post)
      for (const type of ['Like', 'Dislike', 'Undo', 'Flag', 'Lock']) await passOn(type, post.id)
      const [shown] = await home()
      assert.equal((await home()).length, 1)
      assert.equal(shown?.reblog?.favourites_count, 0)
    })

    test('an edit that is passed on is looked up, and a deletion is believed only when the post is gone', async () => {
      const post = page()
      await passOn('Create', post)
      w.clock.advance(60_000)
      page('<p>It was an egret.</p>')
      documents.set(post.id, { ...documents.get(post.id), updated: new Date(w.app.now()).toISOString() })
      await passOn('Update', post.id)
      assert.match((await home())[0]?.reblog?.content ?? '', /egret/)
      await passOn('Delete', post.id)
      assert.equal((await home()).length, 1, 'it is still there')
      documents.set(post.id, {
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: post.id,
        type: 'Tombstone',
      })
      await passOn('Delete', post.id)
      assert.deepEqual(await home(), [])
      assert.ok(await accountByUri(w.app, ivo.uri))
    })
  })
}
