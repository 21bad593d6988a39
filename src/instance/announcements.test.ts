import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { HostedDomain } from '#app.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { addAnnouncement, publishAnnouncement, removeAnnouncement } from './announcements.ts'
import type { Announcement } from './present-announcement.ts'

const HOUR = 3_600_000

for (const database of databases) {
  describe(`announcements (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const announce = (text: string, more: Partial<Parameters<typeof addAnnouncement>[2]> = {}) =>
      addAnnouncement(w.app, w.app.domains.all()[0] as HostedDomain, {
        text,
        startsAt: null,
        endsAt: null,
        allDay: false,
        publish: true,
        ...more,
      })
    const shown = async (query = '') =>
      (await w.as('bob').get(`/api/v1/announcements${query}`)).body as Announcement[]

    test('members are shown what is published and not over, with people, tags and posts named', async () => {
      const status = (await w.as('alice').post('/api/v1/statuses', { status: 'plan', visibility: 'public' }))
        .body as { id: string; url: string }
      const over = await announce('soon over', { endsAt: w.app.now() + HOUR })
      const row = await announce(`Ask @alice about #Party: ${status.url} <b>`)
      await announce('not yet', { publish: false })
      assert.deepEqual(
        (await shown()).map((each) => each.id),
        [String(row.id), String(over.id)],
      )
      w.clock.advance(2 * HOUR)
      const [one, ...more] = await shown()
      assert.deepEqual(more, [])
      assert.equal(one?.read, false)
      assert.match(one?.content ?? '', /class="u-url mention">@<span>alice<\/span>.*&lt;b&gt;/)
      assert.deepEqual(
        one?.mentions.map((each) => each.acct),
        ['alice'],
      )
      assert.deepEqual(
        one?.tags.map((tag) => tag.name),
        ['party'],
      )
      assert.deepEqual(one?.statuses, [{ id: status.id, url: status.url }])
    })

    test('one member puts them away for themselves alone', async () => {
      const { id } = await announce('to be read')
      assert.deepEqual((await w.as('bob').post(`/api/v1/announcements/${id}/dismiss`)).body, {})
      assert.equal(
        (await shown()).some((each) => each.id === String(id)),
        false,
      )
      assert.equal((await shown('?with_dismissed=true')).find((each) => each.id === String(id))?.read, true)
      const { body } = await w.as('carol').get('/api/v1/announcements')
      assert.equal((body as Announcement[]).find((each) => each.id === String(id))?.read, false)
      assert.equal((await w.as('bob').post('/api/v1/announcements/1/dismiss')).status, 404)
      assert.equal((await w.anyone.get('/api/v1/announcements')).status, 401)
    })

    test('members react once each, with emojis alone, in eight ways at most', async () => {
      const { id } = await announce('react')
      const path = (name: string) => `/api/v1/announcements/${id}/reactions/${encodeURIComponent(name)}`
      const put = async (who: 'bob' | 'carol', name: string) => (await w.as(who).put(path(name))).status
      assert.equal(await put('bob', '👍'), 200)
      assert.equal(await put('bob', '👍'), 200)
      assert.equal(await put('carol', '👍'), 200)
      for (const bad of ['a', '👍👍', 'nosuchcode', '<b>']) assert.equal(await put('bob', bad), 422, bad)
      const reactions = (await shown()).find((each) => each.id === String(id))?.reactions
      assert.deepEqual(reactions, [{ name: '👍', count: 2, me: true }])
      for (const more of ['❤️', '🎉', '🇩🇪', '👩‍🚀', '😀', '😁', '😂'])
        assert.equal(await put('bob', more), 200, more)
      assert.equal(await put('bob', '🤣'), 422)
      assert.equal((await w.as('bob').delete(path('👍'))).status, 200)
      assert.equal((await w.as('bob').delete(path('👍'))).status, 404)
    })

    test('they are taken back and shown again, and go with all that was said to them', async () => {
      const { id } = await announce('now and then')
      const isShown = async () => (await shown()).some((each) => each.id === String(id))
      await publishAnnouncement(w.app, id, false)
      assert.equal(await isShown(), false)
      await publishAnnouncement(w.app, id, true)
      assert.equal(await isShown(), true)
      await w.as('bob').put(`/api/v1/announcements/${id}/reactions/${encodeURIComponent('🎉')}`)
      await removeAnnouncement(w.app, id)
      assert.equal(await isShown(), false)
      await assert.rejects(removeAnnouncement(w.app, id))
      await assert.rejects(announce(' '))
      await assert.rejects(announce('ends before', { endsAt: 1 }))
      await w.settle()
    })
  })
}
