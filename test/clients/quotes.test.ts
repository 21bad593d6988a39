import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage } from './stage.ts'

for (const database of databases) {
  describe(`masto.js quotes (${database})`, () => {
    let stage: ClientStage
    before(async () => {
      stage = await clientStage(database)
    })
    after(() => stage.close())

    test('a post is quoted, told, listed and taken back', async () => {
      const { alice, bob } = stage.rest
      const one = await alice.v1.statuses.create({ status: 'one', quoteApprovalPolicy: 'followers' })
      const seen = await bob.v1.statuses.$select(one.id).fetch()
      assert.equal(seen.quoteApproval.currentUser, 'automatic')
      const two = await bob.v1.statuses.create({ status: 'two', quotedStatusId: one.id })
      assert.ok(two.quote && 'quotedStatus' in two.quote)
      assert.equal(two.quote.quotedStatus?.content, '<p>one</p>')
      await stage.w.settle()
      const [told] = await alice.v1.notifications.list({ types: ['quote'] })
      assert.equal(told?.status?.id, two.id)
      const quotes = await alice.v1.statuses.$select(one.id).quotes.list()
      assert.deepEqual(
        quotes.map(({ id }) => id),
        [two.id],
      )
      // The library has no words for these two yet.
      await stage.w.as('alice').post(`/api/v1/statuses/${one.id}/quotes/${two.id}/revoke`)
      const path = `/api/v1/statuses/${one.id}/interaction_policy`
      await stage.w.as('alice').put(path, { quote_approval_policy: 'nobody' })
      assert.equal((await bob.v1.statuses.$select(two.id).fetch()).quote?.state, 'revoked')
      assert.deepEqual((await bob.v1.statuses.$select(one.id).fetch()).quoteApproval.automatic, [])
    })
  })
}
