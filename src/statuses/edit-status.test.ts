import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Revision } from './edit-status.ts'
import { editStatus } from './edit-status.ts'
import type { Status } from './entities.ts'
import { statusById } from './statuses.ts'
import type { StatusEdit } from './versions.ts'

for (const database of databases) {
  describe(`editing a post (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const post = async (who: Name, fields: Record<string, unknown>) =>
      (await w.as(who).post('/api/v1/statuses', fields)).body as Status
    const edit = async (
      who: Name,
      id: string,
      fields: Record<string, unknown>,
      word: 'put' | 'patch' = 'put',
    ) => {
      const answer = await w.as(who)[word](`/api/v1/statuses/${id}`, fields)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const told = async (who: Name, type: string, id: string) => {
      await w.settle()
      const { body } = await w.as(who).get(`/api/v1/notifications?types[]=${type}`)
      return (body as { status: Status }[]).filter((each) => each.status.id === id).length
    }

    test('those newly named are told, those no longer named stay in the audience without being told again', async () => {
      for (const who of ['alice', 'carol'] as const)
        await w.as(who).post(`/api/v1/accounts/${w.cast.bob.id}/follow`)
      const { id } = await post('bob', { status: '@alice hello', visibility: 'direct' })
      assert.equal(await told('alice', 'mention', id), 1)
      const second = await edit('bob', id, { status: '@carol hello' })
      assert.deepEqual(
        second.mentions.map((each) => each.username),
        ['carol'],
      )
      assert.deepEqual([await told('alice', 'mention', id), await told('carol', 'mention', id)], [1, 1])
      assert.equal((await w.as('alice').get(`/api/v1/statuses/${id}`)).status, 200)
      await edit('bob', id, { status: '@alice @carol hello' })
      assert.deepEqual([await told('alice', 'mention', id), await told('carol', 'mention', id)], [1, 1])
    })

    test('who boosted hears of it, and an edit that changes nothing is none', async () => {
      const { id } = await post('alice', { status: 'frist', spoiler_text: 'cw', language: 'de' })
      await w.as('bob').post(`/api/v1/statuses/${id}/reblog`)
      const same = await edit('alice', id, { status: 'frist', spoiler_text: 'cw', sensitive: true })
      assert.equal(same.edited_at, null)
      assert.equal(await told('bob', 'update', id), 0)
      const mended = await edit('alice', id, { status: 'first' }, 'patch')
      assert.deepEqual(
        [mended.content, mended.spoiler_text, mended.sensitive, mended.language],
        ['<p>first</p>', '', false, 'de'],
      )
      assert.equal(await told('bob', 'update', id), 1)
      const history = (await w.anyone.get(`/api/v1/statuses/${id}/history`)).body as StatusEdit[]
      assert.deepEqual(
        history.map((each) => [each.content, each.spoiler_text, each.sensitive]),
        [
          ['<p>frist</p>', 'cw', true],
          ['<p>first</p>', '', false],
        ],
      )
      assert.equal(history[1]?.created_at, mended.edited_at)
    })

    test('of two edits read at the same moment the newer one stays, whichever ends last', async () => {
      const { id } = await post('alice', { status: 'first' })
      const before = await statusById(w.app, Number(id))
      assert.ok(before)
      const version = (content: string, at: number) => {
        const revision = { ...before, content, contentType: 'text/html', spoilerText: '', sensitive: false }
        const rest = { mentions: [], tags: [], media: [], poll: null }
        return editStatus(w.app, before, { ...revision, ...rest } as Revision, 'elsewhere', w.app.now() + at)
      }
      await Promise.all([version('<p>third</p>', 3000), version('<p>second</p>', 2000)])
      assert.equal((await statusById(w.app, Number(id)))?.content, '<p>third</p>')
    })

    test('PRIV-13 history and source are for those who see the post, and the source for its author', async () => {
      const { id } = await post('alice', { status: 'for followers', visibility: 'private' })
      await edit('alice', id, { status: 'still for followers' })
      const status = async (who: Name | null, part: string) =>
        (await (who ? w.as(who) : w.anyone).get(`/api/v1/statuses/${id}/${part}`)).status
      assert.deepEqual(
        [await status('bob', 'history'), await status('carol', 'history'), await status(null, 'history')],
        [200, 404, 404],
      )
      assert.deepEqual(
        [await status('alice', 'source'), await status('bob', 'source'), await status(null, 'source')],
        [200, 404, 401],
      )
      assert.equal((await w.as('bob').put(`/api/v1/statuses/${id}`, { status: 'mine' })).status, 404)
      const boost = (await w.as('bob').post('/api/v1/statuses', { status: 'x' })).body as Status
      const wrapper = (await w.as('bob').post(`/api/v1/statuses/${boost.id}/reblog`)).body as Status
      assert.equal((await w.as('bob').put(`/api/v1/statuses/${wrapper.id}`, { status: 'y' })).status, 404)
    })
  })
}
