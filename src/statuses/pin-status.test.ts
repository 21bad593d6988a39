import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'

for (const database of databases) {
  describe(`pins, muted conversations and threads (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const post = async (who: Name, fields: Record<string, unknown>) => {
      const answer = await w.as(who).post('/api/v1/statuses', { status: 'words', ...fields })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const act = (who: Name, id: string, word: string) => w.as(who).post(`/api/v1/statuses/${id}/${word}`)
    const pinned = async (who: Name | null, of: Name) =>
      (
        (await (who ? w.as(who) : w.anyone).get(`/api/v1/accounts/${w.cast[of].id}/statuses?pinned=true`))
          .body as Status[]
      ).map((each) => each.id)
    const see = async (who: Name, id: string) =>
      (await w.as(who).get(`/api/v1/statuses/${id}`)).body as Status

    test('own posts are pinned, the newest pin first, each reader seeing what they may', async () => {
      const open = await post('alice', {})
      const closed = await post('alice', { visibility: 'private' })
      const quiet = await post('alice', { visibility: 'unlisted' })
      for (const { id } of [quiet, closed, open, open]) {
        const answer = await act('alice', id, 'pin')
        assert.equal(answer.status, 200, answer.text)
        assert.equal((answer.body as Status).pinned, true)
      }
      assert.deepEqual(await pinned('alice', 'alice'), [open.id, closed.id, quiet.id])
      assert.deepEqual(await pinned('bob', 'alice'), [open.id, closed.id, quiet.id])
      assert.deepEqual(await pinned(null, 'alice'), [open.id, quiet.id])
      assert.deepEqual(await pinned('mallory', 'alice'), [])
      assert.equal((await see('alice', open.id)).pinned, true)
      assert.equal('pinned' in (await see('bob', open.id)), false)
      const page = await w.anyone.get('/@alice', { Accept: 'text/html' })
      assert.match(page.text, /Pinned/)
      assert.equal(((await act('alice', open.id, 'unpin')).body as Status).pinned, false)
      assert.equal((await act('alice', open.id, 'unpin')).status, 200)
      await w.as('alice').delete(`/api/v1/statuses/${closed.id}`)
      assert.deepEqual(await pinned('alice', 'alice'), [quiet.id])
    })

    test('what is another’s, a boost, direct, or one too many is not pinned', async () => {
      const other = await post('bob', {})
      const direct = await post('alice', { status: '@bob psst', visibility: 'direct' })
      const boost = (await act('alice', other.id, 'reblog')).body as Status
      for (const { id } of [other, direct, boost]) assert.equal((await act('alice', id, 'pin')).status, 422)
      const secret = await post('bob', { visibility: 'private' })
      assert.equal((await act('carol', secret.id, 'pin')).status, 404)
      const all = []
      for (let each = 0; each < 6; each++) all.push(await post('bob', {}))
      for (const each of all.slice(0, 5)) assert.equal((await act('bob', each.id, 'pin')).status, 200)
      const sixth = await act('bob', all[5]?.id ?? '', 'pin')
      assert.equal(sixth.status, 422)
      assert.match(sixth.text, /maximum/)
    })

    test('a muted conversation interrupts nobody, until it is heard again', async () => {
      const start = await post('alice', {})
      const muted = (await act('alice', start.id, 'mute')).body as Status
      assert.equal(muted.muted, true)
      const reply = await post('bob', { status: '@alice hey', in_reply_to_id: start.id })
      await act('bob', start.id, 'favourite')
      await w.settle()
      const told = async () =>
        ((await w.as('alice').get('/api/v1/notifications?types[]=mention')).body as unknown[]).length
      assert.equal(await told(), 0)
      assert.equal((await see('alice', reply.id)).muted, true)
      assert.equal((await see('bob', reply.id)).muted, false)
      const boost = (await act('carol', reply.id, 'reblog')).body as Status
      assert.equal(boost.muted, false)
      assert.equal(((await act('alice', start.id, 'unmute')).body as Status).muted, false)
      await post('bob', { status: '@alice again', in_reply_to_id: start.id })
      await w.settle()
      assert.equal(await told(), 1)
    })

    test('a thread leads with the author’s own line and leaves out whom the reader hides', async () => {
      const start = await post('carol', { visibility: 'public' })
      const answer = (who: Name, to: Status) => post(who, { in_reply_to_id: to.id, visibility: 'public' })
      const bobs = await answer('bob', start)
      const mallorys = await answer('mallory', bobs)
      const own = await answer('carol', start)
      const deep = await answer('bob', mallorys)
      const thread = async (who: Name | null, of: Status) => {
        const { body } = await (who ? w.as(who) : w.anyone).get(`/api/v1/statuses/${of.id}/context`)
        const { ancestors, descendants } = body as { ancestors: Status[]; descendants: Status[] }
        return [ancestors.map((each) => each.id), descendants.map((each) => each.id)]
      }
      assert.deepEqual(await thread(null, start), [[], [own.id, bobs.id, mallorys.id, deep.id]])
      assert.deepEqual(await thread(null, deep), [[start.id, bobs.id, mallorys.id], []])
      assert.deepEqual(await thread('alice', start), [[], [own.id, bobs.id, deep.id]])
      await w.as('carol').post(`/api/v1/accounts/${w.cast.bob.id}/mute`)
      assert.deepEqual(await thread('carol', start), [[], [own.id, mallorys.id]])
      await w.as('carol').post(`/api/v1/accounts/${w.cast.bob.id}/unmute`)
      await w.app.inTransaction(async (tx) => {
        await tx.db
          .updateTable('account')
          .set({ silenced_at: 1 })
          .where('username_lower', '=', 'bob')
          .execute()
      })
      assert.deepEqual(await thread(null, start), [[], [own.id, mallorys.id]])
      assert.deepEqual(await thread('bob', start), [[], [own.id, bobs.id, mallorys.id, deep.id]])
      await w.app.inTransaction(async (tx) => {
        await tx.db
          .updateTable('account')
          .set({ silenced_at: null })
          .where('username_lower', '=', 'bob')
          .execute()
      })
    })

    test('PRIV-11 who marked a post is told to those who see it, without those they hide from each other', async () => {
      const open = await post('carol', { visibility: 'public' })
      for (const who of ['bob', 'mallory'] as const) {
        await act(who, open.id, 'favourite')
        await w.as(who).post(`/api/v1/statuses/${open.id}/reblog`, { visibility: 'public' })
      }
      for (const word of ['favourited_by', 'reblogged_by']) {
        const names = async (who: Name) =>
          ((await w.as(who).get(`/api/v1/statuses/${open.id}/${word}`)).body as { username: string }[]).map(
            (each) => each.username,
          )
        assert.deepEqual(await names('carol'), ['mallory', 'bob'], word)
        assert.deepEqual(await names('alice'), ['bob'], word)
        const first = await w.as('carol').get(`/api/v1/statuses/${open.id}/${word}?limit=1`)
        const next = /<[^>]*(\/api[^>]+max_id[^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1]
        const second = await w.as('carol').get(next ?? '')
        assert.deepEqual((second.body as { username: string }[])[0]?.username, 'bob')
      }
      const secret = await post('alice', { visibility: 'private' })
      await act('bob', secret.id, 'favourite')
      assert.equal((await w.anyone.get(`/api/v1/statuses/${secret.id}/favourited_by`)).status, 404)
    })

    test('PRIV-15 a mark on what one may no longer see can be taken back, and shows nothing of it', async () => {
      const secret = await post('alice', { visibility: 'private' })
      for (const word of ['favourite', 'bookmark'])
        assert.equal((await act('bob', secret.id, word)).status, 200)
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/unfollow`)
      for (const list of ['favourites', 'bookmarks'])
        assert.equal((await w.as('bob').get(`/api/v1/${list}`)).text.includes(secret.id), false)
      for (const word of ['unfavourite', 'unbookmark'])
        assert.equal((await act('bob', secret.id, word)).status, 404)
      assert.equal((await see('alice', secret.id)).favourites_count, 0)
      await w.as('bob').post(`/api/v1/accounts/${w.cast.alice.id}/follow`)
      const again = await see('bob', secret.id)
      assert.deepEqual([again.favourited, again.bookmarked], [false, false])
    })
  })
}
