import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import { suspendAccount } from '../../test/people.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { follow } from './follow.ts'
import type { Relationship } from './present-relationship.ts'

type Familiar = { id: string; accounts: Account[] }

for (const database of databases) {
  describe(`what a member keeps about others (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
    })
    after(() => w.close())

    const names = (answer: { body: unknown }) => (answer.body as Account[]).map((each) => each.username)
    const relationTo = async (who: 'alice' | 'bob' | 'carol', id: number) =>
      ((await w.as(who).get(`/api/v1/accounts/relationships?id=${id}`)).body as Relationship[])[0]

    test('PRIV-23 a note is shown to whoever wrote it and to nobody else, and an empty one is gone', async () => {
      const path = `/api/v1/accounts/${w.cast.alice.id}/note`
      const kept = await w.as('bob').post(path, { comment: 'met at the fair' })
      assert.equal((kept.body as Relationship).note, 'met at the fair')
      assert.equal((await relationTo('carol', w.cast.alice.id))?.note, '')
      assert.equal((await relationTo('alice', w.cast.bob.id))?.note, '')
      assert.equal((await w.as('bob').post(path, { comment: 'x'.repeat(2001) })).status, 422)
      assert.equal(((await w.as('bob').post(path, {})).body as Relationship).note, '')
      assert.equal((await w.as('bob').post('/api/v1/accounts/1/note', { comment: 'x' })).status, 404)
    })

    test('an endorsement needs a follow and ends with it', async () => {
      const { alice, bob, carol } = w.cast
      assert.equal((await w.as('bob').post(`/api/v1/accounts/${carol.id}/endorse`)).status, 422)
      for (const verb of ['endorse', 'pin']) {
        const shown = await w.as('bob').post(`/api/v1/accounts/${alice.id}/${verb}`)
        assert.equal((shown.body as Relationship).endorsed, true)
      }
      assert.deepEqual(names(await w.as('bob').get('/api/v1/endorsements')), ['alice'])
      assert.deepEqual(names(await w.anyone.get(`/api/v1/accounts/${bob.id}/endorsements`)), ['alice'])
      const ended = await w.as('bob').post(`/api/v1/accounts/${alice.id}/unpin`)
      assert.equal((ended.body as Relationship).endorsed, false)
      await w.as('bob').post(`/api/v1/accounts/${alice.id}/endorse`)
      await w.as('bob').post(`/api/v1/accounts/${alice.id}/unfollow`)
      assert.deepEqual(names(await w.as('bob').get('/api/v1/endorsements')), [])
      await follow(w.app, bob, alice)
    })

    test('PRIV-22 familiar followers are those one follows, and whoever hides their network is left out', async () => {
      const { alice, bob, carol, mallory } = w.cast
      await follow(w.app, mallory, bob)
      await follow(w.app, alice, bob)
      const path = `/api/v1/accounts/familiar_followers?id[]=${alice.id}&id[]=${carol.id}`
      const ask = async () => (await w.as('mallory').get(path)).body as Familiar[]
      const told = () => ask().then((all) => all.map((each) => each.accounts.map((one) => one.username)))
      assert.deepEqual(await told(), [['bob'], []])
      await w.as('bob').patch('/api/v1/accounts/update_credentials', { hide_collections: true })
      assert.deepEqual(await told(), [[], []])
      for (const list of ['followers', 'following']) {
        assert.deepEqual(names(await w.as('alice').get(`/api/v1/accounts/${bob.id}/${list}`)), [])
        assert.notDeepEqual(names(await w.as('bob').get(`/api/v1/accounts/${bob.id}/${list}`)), [])
      }
      await w.as('bob').patch('/api/v1/accounts/update_credentials', { hide_collections: false })
    })

    test('BLK-02 whoever is blocked sees no follows of the blocker, and nobody sees whom they muted', async () => {
      const { alice, bob } = w.cast
      assert.deepEqual(names(await w.as('mallory').get(`/api/v1/accounts/${alice.id}/followers`)), [])
      const followers = () => w.as('carol').get(`/api/v1/accounts/${bob.id}/followers`).then(names)
      assert.deepEqual(await followers(), ['alice', 'mallory'])
      await w.as('carol').post(`/api/v1/accounts/${w.cast.mallory.id}/mute`, { duration: 3600 })
      assert.deepEqual(await followers(), ['alice'])
    })

    test('a mute with a duration says when it ends, in the relation and in the list, and then it is over', async () => {
      const muted = await relationTo('carol', w.cast.mallory.id)
      const list = (await w.as('carol').get('/api/v1/mutes')).body as { mute_expires_at: string }[]
      assert.equal(muted?.muting_expires_at, list[0]?.mute_expires_at)
      assert.equal(Date.parse(list[0]?.mute_expires_at ?? '') - w.app.now(), 3600_000)
      w.clock.advance(3600_001)
      assert.equal((await relationTo('carol', w.cast.mallory.id))?.muting, false)
      assert.deepEqual(names(await w.as('carol').get('/api/v1/mutes')), [])
    })

    test('following again changes only what is given, and a follow of an open account elsewhere reads as done', async () => {
      const { alice, dan } = w.cast
      const path = `/api/v1/accounts/${alice.id}/follow`
      const first = (await w.as('bob').post(path, { reblogs: false, languages: ['de', 'en', 'de'] })).body
      const again = (await w.as('bob').post(path, { notify: true })).body
      assert.deepEqual(
        [first, again].map((each) => (each as Relationship).showing_reblogs),
        [false, false],
      )
      assert.deepEqual((again as Relationship).languages, ['de', 'en'])
      assert.equal((again as Relationship).notifying, true)
      const all = (await w.as('bob').post(path, { languages: [], reblogs: true })).body as Relationship
      assert.equal(all.languages, null)
      assert.equal((await w.as('bob').post(path, { languages: ['<b>'] })).status, 422)
      const soon = (await w.as('bob').post(`/api/v1/accounts/${dan.id}/follow`)).body as Relationship
      assert.deepEqual([soon.following, soon.requested], [true, false])
      const now = await relationTo('bob', dan.id)
      assert.deepEqual([now?.following, now?.requested], [false, true])
    })

    test('nobody follows more than 7,500 accounts, or a tenth more than follow them', async () => {
      const { bob, carol } = w.cast
      const set = (following_count: number, followers_count: number) =>
        w.app.inTransaction(async (tx) => {
          const counts = { following_count, followers_count }
          await tx.db.updateTable('account').set(counts).where('id', '=', bob.id).execute()
        })
      await set(7500, 10)
      assert.equal((await w.as('bob').post(`/api/v1/accounts/${carol.id}/follow`)).status, 422)
      await set(7500, 7000)
      assert.equal((await w.as('bob').post(`/api/v1/accounts/${carol.id}/follow`)).status, 200)
      await set(1, 1)
    })

    test('a suspended account has a relation only for those who ask for it, and is in no list', async () => {
      const { alice, mallory } = w.cast
      await suspendAccount(w.app, mallory.id)
      const ask = async (more: string) =>
        (
          (await w.as('alice').get(`/api/v1/accounts/relationships?id[]=${mallory.id}${more}`))
            .body as unknown[]
        ).length
      assert.equal(await ask(''), 0)
      assert.equal(await ask('&with_suspended=true'), 1)
      assert.deepEqual(names(await w.as('alice').get('/api/v1/blocks')), [])
      assert.deepEqual((await w.as('bob').get(`/api/v1/accounts/${alice.id}/identity_proofs`)).body, [])
    })
  })
}
