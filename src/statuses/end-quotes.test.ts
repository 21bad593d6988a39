import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'

for (const database of databases) {
  describe(`quotes between two of whom one blocks the other (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const post = async (who: 'alice' | 'bob' | 'carol', fields: Record<string, unknown>) =>
      (await w.as(who).post('/api/v1/statuses', fields)).body as Status
    const seen = async (id: string) =>
      ((await w.as('carol').get(`/api/v1/statuses/${id}`)).body as Status).quote

    test('BLK-01 a block takes back that the blocked quoted, for everybody and for good, and nothing else', async () => {
      const one = await post('alice', { status: 'mine' })
      const byBob = await post('bob', { status: 'look', quoted_status_id: one.id })
      const byCarol = await post('carol', { status: 'see', quoted_status_id: one.id, visibility: 'public' })
      const others = await post('bob', { status: 'hers', quoted_status_id: byCarol.id })
      await w.settle()
      assert.equal((await seen(byBob.id))?.state, 'accepted')
      const { id } = await w.app.db
        .selectFrom('quote')
        .select('id')
        .where('status_id', '=', Number(byBob.id))
        .executeTakeFirstOrThrow()
      const path = `${w.cast.alice.uri}/quote_authorizations/${id}`
      const headers = { Host: 'here.example', Accept: 'application/activity+json' }
      assert.equal((await w.site.request(path, { headers })).status, 200)
      await w.as('alice').post(`/api/v1/accounts/${w.cast.bob.id}/block`)
      await w.settle()
      assert.equal((await seen(byBob.id))?.state, 'revoked')
      assert.equal((await w.site.request(path, { headers })).status, 410)
      assert.equal((await seen(byCarol.id))?.state, 'accepted')
      assert.equal((await seen(others.id))?.state, 'accepted')
      await w.as('alice').post(`/api/v1/accounts/${w.cast.bob.id}/unblock`)
      await w.settle()
      assert.equal((await seen(byBob.id))?.state, 'revoked')
    })
  })
}
