import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Name } from '../../test/cast.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'
import type { ScheduledStatus } from './present-scheduled.ts'
import { oweDue, publishScheduled } from './publish-scheduled.ts'

const MINUTE = 60_000
const DAY = 86_400_000

for (const database of databases) {
  describe(`scheduled statuses (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const at = (ms: number) => new Date(w.app.now() + ms).toISOString()
    const send = (who: Name, fields: Record<string, unknown>, headers = {}) =>
      w.as(who).post('/api/v1/statuses', { status: 'later', ...fields }, headers)
    const plan = async (who: Name, fields: Record<string, unknown> = {}) => {
      const answer = await send(who, { scheduled_at: at(10 * MINUTE), ...fields })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as ScheduledStatus
    }
    const listed = async (who: Name) =>
      (await w.as(who).get('/api/v1/scheduled_statuses')).body as ScheduledStatus[]
    const written = async (who: Name) =>
      ((await w.as(who).get(`/api/v1/accounts/${w.cast[who].id}/statuses`)).body as Status[]).map((each) =>
        each.content.replace(/<[^>]+>/g, ''),
      )

    test('a scheduled post keeps what was typed and is published at its time, once', async () => {
      const poll = { options: ['a', 'b'], expires_in: 3600 }
      const planned = await plan('alice', { status: 'soon #tag', visibility: 'unlisted', poll })
      assert.deepEqual(planned.params.poll, { ...poll, multiple: false, hide_totals: false })
      assert.deepEqual(
        [planned.params.text, planned.params.visibility, planned.scheduled_at],
        ['soon #tag', 'unlisted', at(10 * MINUTE)],
      )
      await w.settle()
      assert.deepEqual(await written('alice'), [])
      w.clock.advance(10 * MINUTE)
      await w.settle()
      await publishScheduled.run(w.app, { scheduledId: Number(planned.id) }, {} as never)
      await oweDue(w.app)
      await w.settle()
      assert.deepEqual(await written('alice'), ['soon #tag'])
      assert.deepEqual(await listed('alice'), [])
      const [posted] = (await w.as('alice').get(`/api/v1/accounts/${w.cast.alice.id}/statuses`))
        .body as Status[]
      assert.equal(posted?.poll?.expires_at, at(60 * MINUTE))
    })

    test('a time that has passed publishes now; one too near or too far is refused', async () => {
      const now = await send('bob', { status: 'at once', scheduled_at: at(-MINUTE) })
      assert.equal((now.body as Status).visibility, 'public')
      for (const when of [at(4 * MINUTE), '9999-01-01T00:00:00Z', 'tomorrow']) {
        const answer = await send('bob', { scheduled_at: when })
        assert.equal(answer.status, 422, when)
      }
      assert.equal((await send('bob', { status: '', scheduled_at: at(DAY) })).status, 422)
      assert.equal((await send('bob', { in_reply_to_id: '5', scheduled_at: at(DAY) })).status, 404)
      assert.deepEqual(await listed('bob'), [])
    })

    test('it can be moved, and thrown away', async () => {
      const planned = await plan('bob', { status: 'moved' })
      const path = `/api/v1/scheduled_statuses/${planned.id}`
      const later = at(30 * MINUTE)
      assert.equal(
        ((await w.as('bob').put(path, { scheduled_at: later })).body as ScheduledStatus).scheduled_at,
        later,
      )
      assert.equal((await w.as('bob').put(path, { scheduled_at: at(MINUTE) })).status, 422)
      w.clock.advance(11 * MINUTE)
      await w.settle()
      assert.equal((await listed('bob')).length, 1)
      assert.deepEqual((await w.as('bob').delete(path)).body, {})
      assert.equal((await w.as('bob').get(path)).status, 404)
      w.clock.advance(30 * MINUTE)
      await w.settle()
      assert.equal((await written('bob')).includes('moved'), false)
    })

    test('PRIV-23 nobody sees, moves or deletes what another has scheduled', async () => {
      const planned = await plan('alice')
      const path = `/api/v1/scheduled_statuses/${planned.id}`
      assert.equal((await w.as('bob').get(path)).status, 404)
      assert.equal((await w.as('bob').put(path, { scheduled_at: at(DAY) })).status, 404)
      assert.equal((await w.as('bob').delete(path)).status, 404)
      assert.deepEqual(await listed('bob'), [])
      assert.equal((await w.anyone.get(path)).status, 401)
      await w.as('alice').delete(path)
    })

    test('from the year 3000 on it is a draft, which never goes out by itself', async () => {
      const draft = await plan('carol', { status: 'some day', scheduled_at: '3000-01-01T00:00:00Z' })
      await plan('carol', { status: 'some other day', scheduled_at: '5056-12-31T00:00:00Z' })
      w.clock.advance(400 * DAY)
      await oweDue(w.app)
      await w.settle()
      assert.equal((await listed('carol')).length, 2)
      const ready = await w
        .as('carol')
        .put(`/api/v1/scheduled_statuses/${draft.id}`, { scheduled_at: at(6 * MINUTE) })
      assert.equal(ready.status, 200)
      w.clock.advance(6 * MINUTE)
      await w.settle()
      assert.deepEqual(await written('carol'), ['some day'])
    })

    test('what can no longer be published becomes a draft, so that no word is lost', async () => {
      const { body: parent } = await w.as('alice').post('/api/v1/statuses', { status: 'parent' })
      const planned = await plan('bob', { status: 'an answer', in_reply_to_id: (parent as Status).id })
      assert.equal(planned.params.in_reply_to_id, Number((parent as Status).id))
      await w.as('alice').delete(`/api/v1/statuses/${(parent as Status).id}`)
      w.clock.advance(10 * MINUTE)
      await w.settle()
      const [kept] = await listed('bob')
      assert.equal(kept?.params.text, 'an answer')
      assert.equal(kept?.scheduled_at, '3000-01-01T00:00:00.000Z')
      await w.as('bob').delete(`/api/v1/scheduled_statuses/${planned.id}`)
    })

    test('an Idempotency-Key gives the scheduled post again, and so do two at once', async () => {
      const twice = () => send('bob', { scheduled_at: at(DAY) }, { 'Idempotency-Key': 'later' })
      const [one, other] = await Promise.all([twice(), twice()])
      const third = await twice()
      const ids = [one, other, third].map((each) => (each.body as ScheduledStatus).id)
      assert.deepEqual(new Set(ids).size, 1)
      assert.equal((await listed('bob')).length, 1)
    })

    test('at most 25 a day and 300 in all are kept', async () => {
      const rows = (count: number, when: (at: number) => number) =>
        w.app.inTransaction(async (tx) => {
          for (let each = 0; each < count; each++) {
            const row = { account_id: w.cast.mallory.id, application_id: null, params: '{}', created_at: 0 }
            const values = { ...row, id: tx.newId(), scheduled_at: when(each) }
            await tx.db.insertInto('scheduled_status').values(values).execute()
          }
        })
      const day = Math.ceil(w.app.now() / DAY) * DAY
      await rows(25, () => day + 1000)
      const full = await send('mallory', { scheduled_at: new Date(day + DAY - 1).toISOString() })
      assert.equal(full.status, 422)
      assert.match(full.text, /25/)
      const next = await send('mallory', { scheduled_at: new Date(day + DAY).toISOString() })
      assert.equal(next.status, 200)
      await rows(274, (each) => day + (2 + each) * DAY)
      const most = await send('mallory', { scheduled_at: '3000-01-01T00:00:00Z' })
      assert.equal(most.status, 422)
      assert.match(most.text, /300/)
    })
  })
}
