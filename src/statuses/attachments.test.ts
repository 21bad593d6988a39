import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { blankMedia } from '#media/media.ts'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'
import type { ScheduledStatus } from './present-scheduled.ts'
import type { StatusEdit } from './versions.ts'

const MINUTE = 60_000
const DAY = 86_400_000

for (const database of databases) {
  describe(`files of a post (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    /** An upload as it is once it was processed. */
    const upload = (who: Name, kind = 'image', more: { state?: string; description?: string } = {}) =>
      w.app.inTransaction(async (tx) => {
        const id = tx.newId()
        const mime = kind === 'image' ? 'image/png' : 'video/mp4'
        const made = { id, account_id: w.cast[who].id, kind, mime, created_at: tx.now() }
        await tx.db
          .insertInto('media')
          .values({ ...blankMedia, unattached_at: tx.now(), ...made, ...more })
          .execute()
        return String(id)
      })
    const send = (who: Name, fields: Record<string, unknown>, headers = {}) =>
      w.as(who).post('/api/v1/statuses', fields, headers)
    const post = async (who: Name, fields: Record<string, unknown>) => {
      const answer = await send(who, fields)
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const ids = (status: Pick<Status, 'media_attachments'>) => status.media_attachments.map((each) => each.id)

    test('files come in the order they were named in, with words or without', async () => {
      const [a, b, c] = [await upload('alice'), await upload('alice'), await upload('alice')]
      const status = await post('alice', { media_ids: [c, a, b] })
      assert.deepEqual(ids(status), [c, a, b])
      assert.equal(status.content, '')
      const shown = (await w.anyone.get(`/api/v1/statuses/${status.id}`)).body as Status
      assert.deepEqual(ids(shown), [c, a, b])
    })

    test('a warning alone hides files under a sign of their kind', async () => {
      for (const [kind, sign] of [
        ['image', '🖼'],
        ['video', '📹'],
        ['gifv', '📹'],
        ['audio', '🎵'],
      ] as const) {
        const status = await post('alice', { spoiler_text: 'cw', media_ids: [await upload('alice', kind)] })
        assert.equal(status.content, `<p>${sign}</p>`)
      }
    })

    test('MED-12 files that are not the author’s, taken, unfinished, too many or mixed are refused', async () => {
      const own = await upload('alice')
      const taken = await upload('alice')
      await post('alice', { status: 'a', media_ids: [taken] })
      const five = [own, ...(await Promise.all([1, 2, 3, 4].map(() => upload('alice'))))]
      const poll = { options: ['a', 'b'], expires_in: 3600 }
      const cases: Record<string, unknown>[] = [
        { media_ids: [await upload('bob')] },
        { media_ids: [taken] },
        { media_ids: ['77'] },
        { media_ids: ['x'] },
        { media_ids: [await upload('alice', 'image', { state: 'processing' })] },
        { media_ids: five },
        { media_ids: [own, await upload('alice', 'video')] },
        { media_ids: [own], poll },
      ]
      for (const fields of cases) {
        const answer = await send('alice', { status: 'a', ...fields })
        assert.equal(answer.status, 422, JSON.stringify(fields))
      }
      const free = await upload('bob')
      const both = await Promise.all([1, 2].map((n) => send('bob', { status: `${n}`, media_ids: [free] })))
      assert.deepEqual(both.map((each) => each.status).sort(), [200, 422])
      const once = await upload('bob')
      const same = { status: 'twice', media_ids: [once] }
      const twins = await Promise.all([1, 2, 3].map(() => send('bob', same, { 'Idempotency-Key': 'file' })))
      assert.equal(new Set(twins.map((each) => (each.body as Status).id)).size, 1)
    })

    test('an edit changes order, descriptions and what is there; history shows each version as it was', async () => {
      const [a, b, c] = [
        await upload('alice', 'image', { description: 'first' }),
        await upload('alice'),
        await upload('alice'),
      ]
      const { id } = await post('alice', { status: 'v1', media_ids: [a, b] })
      const edit = async (fields: Record<string, unknown>) => {
        const answer = await w.as('alice').put(`/api/v1/statuses/${id}`, fields)
        assert.equal(answer.status, 200, answer.text)
        return answer.body as Status
      }
      const same = await edit({ status: 'v1', media_ids: [a, b] })
      assert.equal(same.edited_at, null)
      const described = await edit({
        status: 'v1',
        media_ids: [b, a],
        media_attributes: [
          { id: a, description: 'second', focus: '0.5,-0.5' },
          { id: c, description: 'not of this post' },
        ],
      })
      assert.deepEqual(ids(described), [b, a])
      assert.deepEqual(
        [described.media_attachments[1]?.description, described.media_attachments[1]?.meta?.focus],
        ['second', { x: 0.5, y: -0.5 }],
      )
      assert.deepEqual(ids(await edit({ status: 'v3', media_ids: [c] })), [c])
      assert.equal((await send('alice', { status: 'no', media_ids: [a] })).status, 422)
      assert.deepEqual(ids(await edit({ status: 'v4' })), [])
      assert.deepEqual(ids(await edit({ status: 'v5', media_ids: [a, c] })), [a, c])
      const history = (await w.anyone.get(`/api/v1/statuses/${id}/history`)).body as StatusEdit[]
      assert.deepEqual(
        history.map((each) => [each.content, ids(each)]),
        [
          ['<p>v1</p>', [a, b]],
          ['<p>v1</p>', [b, a]],
          ['<p>v3</p>', [c]],
          ['<p>v4</p>', []],
          ['<p>v5</p>', [a, c]],
        ],
      )
      assert.equal(history[0]?.media_attachments[0]?.description, 'first')
      assert.equal(history[0]?.media_attachments[0]?.meta?.focus, undefined)
      assert.equal(history[1]?.media_attachments[1]?.description, 'second')
      const wrong = { status: 'v6', media_ids: [a], media_attributes: [{ id: a, focus: 'left' }] }
      assert.equal((await w.as('alice').put(`/api/v1/statuses/${id}`, wrong)).status, 422)
    })

    test('versions carry the poll they asked, and an edit that changes nothing is none', async () => {
      const poll = { options: ['a', 'b'], expires_in: 3600 }
      const { id } = await post('alice', { status: 'ask', poll })
      const put = (fields: Record<string, unknown>) => w.as('alice').put(`/api/v1/statuses/${id}`, fields)
      await put({ status: 'ask', poll })
      await put({ status: 'ask', poll: { ...poll, options: ['a', 'c'] } })
      await put({ status: 'ask' })
      const history = (await w.anyone.get(`/api/v1/statuses/${id}/history`)).body as StatusEdit[]
      assert.deepEqual(
        history.map((each) => each.poll?.options.map((option) => option.title)),
        [['a', 'b'], ['a', 'c'], undefined],
      )
    })

    test('a deleted post gives its words and files back for a new one, unless they are to go', async () => {
      const [a, b] = [await upload('alice'), await upload('alice')]
      const { id } = await post('alice', {
        status: '**draft**',
        content_type: 'text/markdown',
        media_ids: [b, a],
      })
      const gone = (await w.as('alice').delete(`/api/v1/statuses/${id}`)).body as Status
      assert.equal(gone.text, '**draft**')
      assert.deepEqual(ids(gone), [b, a])
      const again = await post('alice', { status: gone.text, media_ids: ids(gone) })
      assert.deepEqual(ids(again), [b, a])
      const end = await w.as('alice').delete(`/api/v1/statuses/${again.id}?delete_media=true`)
      assert.deepEqual(ids(end.body as Status), [])
      assert.equal((await send('alice', { status: 'x', media_ids: [a] })).status, 422)
    })

    test('files of a scheduled post wait with it, are nobody else’s, and are free again when it is thrown away', async () => {
      const file = await upload('alice')
      const scheduled_at = new Date(w.app.now() + 2 * DAY).toISOString()
      const fields = { status: 'later', media_ids: [file] }
      const planned = (await send('alice', { ...fields, scheduled_at })).body as ScheduledStatus
      assert.deepEqual([planned.params.media_ids, ids(planned)], [[file], [file]])
      assert.equal((await send('alice', fields)).status, 422)
      assert.equal((await send('alice', { ...fields, scheduled_at })).status, 422)
      w.clock.advance(2 * DAY + MINUTE)
      await w.settle()
      const list = (await w.as('alice').get(`/api/v1/accounts/${w.cast.alice.id}/statuses?limit=1`)).body
      assert.deepEqual(ids((list as Status[])[0] as Status), [file])
      const other = await upload('alice')
      const at = new Date(w.app.now() + DAY).toISOString()
      const next = await send('alice', { status: 'no', media_ids: [other], scheduled_at: at })
      await w.as('alice').delete(`/api/v1/scheduled_statuses/${(next.body as ScheduledStatus).id}`)
      assert.deepEqual(ids(await post('alice', { media_ids: [other] })), [other])
    })
  })
}
