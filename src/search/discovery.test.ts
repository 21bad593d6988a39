import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AccountRow } from '#accounts/accounts.ts'
import type { Account } from '#accounts/present-account.ts'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { saveSite } from '#instance/site.ts'
import { follow } from '#relationships/follow.ts'
import { remoteActor } from '../../test/remote-actor.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Suggestion } from './suggestions.ts'

for (const database of databases) {
  describe(`discovery (${database})`, () => {
    let w: World
    let eve: AccountRow
    before(async () => {
      w = await world({ database })
      eve = await saveRemoteAccount(w.app, remoteActor('eve', 'far.example'))
      await w.app.inTransaction(async (tx) => {
        await tx.db
          .updateTable('account')
          .set({ discoverable: 1 })
          .where('username', 'in', ['alice', 'carol'])
          .execute()
        await tx.db.updateTable('account').set({ followers_count: 50 }).where('id', '=', eve.id).execute()
      })
      await w.as('carol').post('/api/v1/statuses', { status: 'hello' })
    })
    after(() => w.close())

    const names = (answer: { body: unknown }) => (answer.body as Account[]).map((each) => each.username)
    const set = (id: number, changes: Partial<AccountRow>) =>
      w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set(changes).where('id', '=', id).execute()
      })

    test('the directory holds those who wish to be found, the last to write first, or the newest', async () => {
      assert.deepEqual(names(await w.anyone.get('/api/v1/directory')), ['carol', 'eve', 'dan', 'alice'])
      assert.deepEqual(names(await w.anyone.get('/api/v1/directory?order=new')), [
        'eve',
        'dan',
        'carol',
        'alice',
      ])
      assert.deepEqual(names(await w.anyone.get('/api/v1/directory?local=true')), ['carol', 'alice'])
      assert.deepEqual(names(await w.anyone.get('/api/v1/directory?limit=1&offset=1')), ['eve'])
    })

    test('BLK-11 the limited, the suspended, and whoever the reader hides are not in it', async () => {
      await set(w.cast.carol.id, { silenced_at: 1 })
      await set(eve.id, { suspended_at: 1 })
      await w.as('bob').post('/api/v1/domain_blocks', { domain: 'elsewhere.example' })
      assert.deepEqual(names(await w.as('bob').get('/api/v1/directory')), ['alice'])
      assert.deepEqual(names(await w.as('mallory').get('/api/v1/directory')), ['dan'])
      await set(w.cast.carol.id, { silenced_at: null })
      await set(eve.id, { suspended_at: null })
      await w.as('bob').delete('/api/v1/domain_blocks?domain=elsewhere.example')
    })

    test('suggestions name whom friends follow and whom many follow, nobody known, hidden or waved off', async () => {
      const { alice, bob, carol } = w.cast
      await set(carol.id, { locked: 0 })
      await follow(w.app, alice, { ...carol, locked: 0 })
      const ask = async () => (await w.as('bob').get('/api/v2/suggestions')).body as Suggestion[]
      const told = async () =>
        (await ask()).map((each) => [each.account.username, each.source, ...each.sources])
      assert.deepEqual(await told(), [
        ['carol', 'past_interactions', 'friends_of_friends', 'most_followed'],
        ['eve', 'global', 'most_followed'],
      ])
      await saveSite(w.app, bob.domain_id as number, { featured_accounts: ['eve@far.example', 'nobody'] })
      assert.deepEqual((await told())[0], ['eve', 'staff', 'featured', 'most_followed'])
      const old = await w.as('bob').get('/api/v1/suggestions?limit=1')
      assert.deepEqual(names(old), ['eve'])
      assert.equal(old.headers.get('deprecation'), '@1637884800')
      assert.deepEqual((await w.as('bob').delete(`/api/v1/suggestions/${eve.id}`)).body, {})
      assert.deepEqual((await w.as('bob').delete('/api/v1/suggestions/12')).body, {})
      assert.deepEqual(
        (await told()).map(([name]) => name),
        ['carol'],
      )
      await w.as('bob').post(`/api/v1/accounts/${carol.id}/mute`)
      assert.deepEqual(await told(), [])
      await w.as('bob').post(`/api/v1/accounts/${carol.id}/unmute`)
    })

    test('PRIV-22 whoever hides their network names nobody to those who follow them', async () => {
      await w.as('alice').patch('/api/v1/accounts/update_credentials', { hide_collections: true })
      const told = (await w.as('bob').get('/api/v2/suggestions')).body as Suggestion[]
      assert.deepEqual(
        told.map((each) => each.sources),
        [['most_followed']],
      )
    })
  })
}
