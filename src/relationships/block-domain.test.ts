import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { createStatus } from '#statuses/create-status.ts'
import type { Status } from '#statuses/entities.ts'
import { foreignDraft, remoteActor } from '../../test/remote-actor.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { follow } from './follow.ts'
import type { Relationship } from './present-relationship.ts'
import { presentSeverances } from './severances.ts'

for (const database of databases) {
  describe(`block domain (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database })
      const { bob, dan } = w.cast
      const eve = await saveRemoteAccount(w.app, remoteActor('eve', 'elsewhere.example'))
      await follow(w.app, dan, bob, {}, { uri: `${dan.uri}#follows/1` })
      await follow(w.app, bob, dan)
      await follow(w.app, bob, eve)
      await w.app.inTransaction(async (tx) => {
        const waiting = await tx.db.selectFrom('follow_request').selectAll().execute()
        for (const row of waiting.filter((each) => each.target_id === dan.id)) {
          await tx.db.deleteFrom('follow_request').where('id', '=', row.id).execute()
          await tx.db.insertInto('follow').values(row).execute()
        }
      })
      const uri = `${dan.uri}/statuses/1`
      await createStatus(w.app, foreignDraft(dan, uri, { mentions: [bob.id] }))
      await w.settle()
    })
    after(() => w.close())

    test('BLK-08 a host is blocked in its normal form, and what is no host is refused', async () => {
      const cases: [string, number][] = [
        ['', 422],
        ['no host', 422],
        ['nowhere', 422],
        ['user@there.example', 422],
        ['there.example/path', 422],
        ['here.example', 422],
        ['BÜCHER.example.', 200],
        ['xn--bcher-kva.example', 200],
      ]
      for (const [domain, status] of cases) {
        const answer = await w.as('carol').post('/api/v1/domain_blocks', { domain })
        assert.equal(answer.status, status, `${domain} ${answer.text}`)
      }
      assert.deepEqual((await w.as('carol').get('/api/v1/domain_blocks')).body, ['xn--bcher-kva.example'])
      await w.as('carol').delete('/api/v1/domain_blocks?domain=B%C3%9CCHER.example')
      assert.deepEqual((await w.as('carol').get('/api/v1/domain_blocks')).body, [])
    })

    test('the preview counts the follows that would end', async () => {
      const preview = await w.as('bob').get('/api/v1/domain_blocks/preview?domain=elsewhere.example')
      assert.deepEqual(preview.body, { following_count: 1, followers_count: 1 })
    })

    test('BLK-10 a block of a host hides it, ends follows and requests both ways, and takes its notifications away', async () => {
      const bob = w.as('bob')
      const seen = async (path: string) => ((await bob.get(path)).body as { id: string }[]).length
      assert.equal(await seen('/api/v1/timelines/home'), 1)
      assert.equal(await seen('/api/v1/timelines/public'), 1)
      assert.equal(await seen('/api/v1/notifications?types[]=mention'), 1)
      assert.equal((await bob.post('/api/v1/domain_blocks', { domain: 'Elsewhere.Example' })).status, 200)
      assert.equal(await seen('/api/v1/timelines/home'), 0)
      assert.equal(await seen('/api/v1/timelines/public'), 0)
      await w.settle()
      assert.equal(await seen('/api/v1/notifications?types[]=mention'), 0)
      const [relation] = (await bob.get(`/api/v1/accounts/relationships?id[]=${w.cast.dan.id}`))
        .body as Relationship[]
      assert.equal(relation?.domain_blocking, true)
      assert.equal(relation?.following || relation?.followed_by || relation?.requested, false)
      const left = await w.app.db.selectFrom('follow_request').selectAll().execute()
      assert.deepEqual(left, [])
    })

    test('the member is told what it cost, requests not counted', async () => {
      const [told] = await w.app.db
        .selectFrom('notification')
        .selectAll()
        .where('type', '=', 'severed_relationships')
        .execute()
      assert.equal(told?.account_id, w.cast.bob.id)
      const event = (await presentSeverances(w.app, [told?.severance_id ?? 0])).get(told?.severance_id ?? 0)
      assert.deepEqual(
        { ...event, id: '', created_at: '' },
        {
          id: '',
          type: 'user_domain_block',
          purged: false,
          target_name: 'elsewhere.example',
          followers_count: 1,
          following_count: 1,
          created_at: '',
        },
      )
      const cut = await w.app.db.selectFrom('severed_follow').selectAll().execute()
      assert.deepEqual(cut.map((row) => [row.target_id, row.was_follower]).sort(), [
        [w.cast.dan.id, 0],
        [w.cast.dan.id, 1],
      ])
    })

    test('BLK-01 nobody of a blocked host can be followed, follows, or makes themselves heard', async () => {
      const { bob, dan } = w.cast
      assert.equal((await w.as('bob').post(`/api/v1/accounts/${dan.id}/follow`)).status, 403)
      await assert.rejects(follow(w.app, dan, bob, {}, { uri: `${dan.uri}#follows/2` }))
      await createStatus(w.app, foreignDraft(dan, `${dan.uri}/statuses/2`, { mentions: [bob.id] }))
      await w.settle()
      const heard = await w.as('bob').get('/api/v1/notifications?types[]=mention')
      assert.deepEqual(heard.body, [])
    })

    test('a boost by somebody followed does not bring a blocked host back', async () => {
      const [post] = (await w.as('alice').get('/api/v1/timelines/public')).body as Status[]
      await w.as('alice').post(`/api/v1/statuses/${post?.id}/reblog`)
      assert.deepEqual((await w.as('bob').get('/api/v1/timelines/home')).body, [])
    })

    test('taking the block back shows the host again and restores no follow', async () => {
      await w.as('bob').delete('/api/v1/domain_blocks?domain=elsewhere.example')
      const shown = (await w.as('bob').get('/api/v1/timelines/public')).body as Status[]
      assert.equal(shown.length, 2)
      const following = (await w.as('bob').get(`/api/v1/accounts/${w.cast.bob.id}/following`))
        .body as Account[]
      assert.deepEqual(
        following.map((each) => each.username),
        ['alice'],
      )
    })
  })
}
