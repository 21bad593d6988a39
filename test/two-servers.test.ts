import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Account } from '#accounts/present-account.ts'
import type { Status } from '#statuses/entities.ts'
import type { Network } from './network.ts'
import { openNetwork } from './network.ts'
import type { Client, World } from './world.ts'
import { databases, world } from './world.ts'

type Notification = { type: string; account: Account; status?: Status }

for (const database of databases) {
  describe(`two servers (${database})`, () => {
    let network: Network
    let here: World
    let there: World
    let alice: Client
    let bob: Client

    beforeEach(async () => {
      network = openNetwork()
      here = await world({ database, domain: 'here.example', http: network })
      there = await world({ database, domain: 'there.example', http: network })
      network.host('here.example', here.site)
      network.host('there.example', there.site)
      alice = here.as('alice')
      bob = there.as('bob')
    })
    afterEach(async () => {
      await here.close()
      await there.close()
    })

    /** Lets both work until neither has anything left. */
    const settle = async () => {
      for (let turn = 0; turn < 6; turn++) {
        await here.settle()
        await there.settle()
      }
    }
    const find = async (client: Client, query: string) => {
      const { body } = await client.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(query)}`)
      return body as { accounts: Account[]; statuses: Status[] }
    }
    const followAlice = async () => {
      const [found] = (await find(bob, '@alice@here.example')).accounts
      assert.ok(found, 'alice is found from there')
      await bob.post(`/api/v1/accounts/${found.id}/follow`)
      await settle()
      return found
    }
    const post = async (client: Client, fields: Record<string, unknown>) => {
      const answer = await client.post('/api/v1/statuses', fields)
      assert.equal(answer.status, 200, answer.text)
      await settle()
      return answer.body as Status
    }
    const home = async (client: Client) => (await client.get('/api/v1/timelines/home')).body as Status[]

    test('a handle is found across servers by WebFinger', async () => {
      const [found] = (await find(bob, '@alice@here.example')).accounts
      assert.equal(found?.acct, 'alice@here.example')
      assert.match(found?.uri ?? '', /^https:\/\/here\.example\/ap\/users\/\d+$/)
    })

    test('a follow is accepted by itself, and told', async () => {
      const found = await followAlice()
      const relation = (await bob.get(`/api/v1/accounts/relationships?id=${found.id}`)).body as {
        following: boolean
      }[]
      assert.equal(relation[0]?.following, true)
      const told = (await alice.get('/api/v1/notifications?types[]=follow')).body as Notification[]
      assert.ok(told.some((each) => each.account.acct === 'bob@there.example'))
      const { body } = await alice.get('/api/v1/accounts/verify_credentials')
      assert.equal((body as Account).followers_count, 2)
    })

    test('a locked account is asked; nothing private is shown before it says yes (ACT-18, ACT-20)', async () => {
      const [found] = (await find(bob, '@carol@here.example')).accounts
      await bob.post(`/api/v1/accounts/${found?.id}/follow`)
      await settle()
      await post(here.as('carol'), { status: 'before', visibility: 'private' })
      assert.deepEqual(await home(bob), [])
      const [asking] = (await here.as('carol').get('/api/v1/follow_requests')).body as Account[]
      assert.equal(asking?.acct, 'bob@there.example')
      await here.as('carol').post(`/api/v1/follow_requests/${asking?.id}/authorize`)
      await settle()
      await post(here.as('carol'), { status: 'after', visibility: 'private' })
      assert.deepEqual(
        (await home(bob)).map((each) => each.content),
        ['<p>after</p>'],
      )
    })

    test('a post arrives as it was written, and its edit after it', async () => {
      await followAlice()
      const status = await post(alice, { status: 'Hello #World @bob@there.example', spoiler_text: 'careful' })
      const [arrived] = await home(bob)
      assert.equal(arrived?.uri, status.uri)
      assert.equal(arrived?.spoiler_text, 'careful')
      assert.deepEqual(
        arrived?.tags.map((tag) => tag.name),
        ['world'],
      )
      assert.deepEqual(
        arrived?.mentions.map((each) => each.acct),
        ['bob'],
      )
      const told = (await bob.get('/api/v1/notifications')).body as Notification[]
      assert.deepEqual(
        told.map((each) => each.type),
        ['mention'],
      )
      here.clock.advance(5000)
      there.clock.advance(5000)
      await alice.put(`/api/v1/statuses/${status.id}`, { status: 'Better' })
      await settle()
      const [edited] = await home(bob)
      assert.equal(edited?.content, '<p>Better</p>')
      assert.ok(edited?.edited_at)
      const { body: versions } = await bob.get(`/api/v1/statuses/${edited?.id}/history`)
      assert.equal((versions as unknown[]).length, 2)
    })

    test('a reply finds its parent, and both sides see one thread', async () => {
      await followAlice()
      await post(alice, { status: 'question' })
      const [arrived] = await home(bob)
      await post(bob, { status: '@alice@here.example answer', in_reply_to_id: arrived?.id })
      const [own] = (await alice.get('/api/v1/timelines/home')).body as Status[]
      const { body } = await alice.get(`/api/v1/statuses/${own?.id}/context`)
      const { descendants } = body as { descendants: Status[] }
      assert.deepEqual(
        descendants.map((each) => each.account.acct),
        ['bob@there.example'],
      )
      assert.equal(own?.replies_count, 1)
    })

    test('boosts and favourites arrive and can be taken back', async () => {
      await followAlice()
      const status = await post(alice, { status: 'like me' })
      const [arrived] = await home(bob)
      await bob.post(`/api/v1/statuses/${arrived?.id}/favourite`)
      await bob.post(`/api/v1/statuses/${arrived?.id}/reblog`)
      await settle()
      const seen = (await alice.get(`/api/v1/statuses/${status.id}`)).body as Status
      assert.deepEqual([seen.favourites_count, seen.reblogs_count], [1, 1])
      await bob.post(`/api/v1/statuses/${arrived?.id}/unfavourite`)
      await bob.post(`/api/v1/statuses/${arrived?.id}/unreblog`)
      await settle()
      const after = (await alice.get(`/api/v1/statuses/${status.id}`)).body as Status
      assert.deepEqual([after.favourites_count, after.reblogs_count], [0, 0])
    })

    test('a boost brings the post of a third person along, from its own origin', async () => {
      await followAlice()
      const stranger = await post(here.as('carol'), { status: 'from carol', visibility: 'public' })
      await alice.post(`/api/v1/statuses/${stranger.id}/reblog`)
      await settle()
      const [boost] = await home(bob)
      assert.equal(boost?.reblog?.uri, stranger.uri)
      assert.equal(boost?.reblog?.account.acct, 'carol@here.example')
      assert.ok(network.log.includes(`GET ${stranger.uri}`))
    })

    test('a deletion reaches the other side, which answers the same', async () => {
      await followAlice()
      const status = await post(alice, { status: 'oops' })
      const [arrived] = await home(bob)
      await alice.delete(`/api/v1/statuses/${status.id}`)
      await settle()
      assert.equal((await bob.get(`/api/v1/statuses/${arrived?.id}`)).status, 404)
      const gone = await here.anyone.get(new URL(status.uri).pathname, {
        Accept: 'application/activity+json',
      })
      assert.equal(gone.status, 410)
    })

    test('PRIV-18 a direct post reaches the mentioned alone, a followers-only one the followers', async () => {
      await followAlice()
      await find(there.as('carol'), '@alice@here.example')
      network.log.length = 0
      await post(alice, { status: '@carol just here', visibility: 'direct' })
      assert.deepEqual(network.log, [], 'nothing leaves for a post between neighbours')
      await post(alice, { status: 'for followers', visibility: 'private' })
      const [arrived] = await home(bob)
      assert.equal(arrived?.visibility, 'private')
      assert.equal((await there.as('carol').get(`/api/v1/statuses/${arrived?.id}`)).status, 404)
      const fetched = await there.anyone.get('/api/v1/timelines/public')
      assert.deepEqual(fetched.body, [])
    })

    test('unfollowing and blocking end what was there, on both sides', async () => {
      const found = await followAlice()
      await bob.post(`/api/v1/accounts/${found.id}/unfollow`)
      await settle()
      assert.equal(
        ((await alice.get('/api/v1/accounts/verify_credentials')).body as Account).followers_count,
        1,
      )
      await bob.post(`/api/v1/accounts/${found.id}/follow`)
      await settle()
      const [remoteBob] = (await find(alice, '@bob@there.example')).accounts
      await alice.post(`/api/v1/accounts/${remoteBob?.id}/block`)
      await settle()
      const [relation] = (await bob.get(`/api/v1/accounts/relationships?id=${found.id}`)).body as {
        following: boolean
        blocked_by: boolean
      }[]
      assert.deepEqual([relation?.following, relation?.blocked_by], [false, true])
      assert.equal((await bob.post(`/api/v1/accounts/${found.id}/follow`)).status, 403)
    })

    test('a changed profile is seen on the other side', async () => {
      const found = await followAlice()
      here.clock.advance(60_000)
      there.clock.advance(60_000)
      await alice.patch('/api/v1/accounts/update_credentials', {
        display_name: 'Alice the First',
        note: 'hi',
      })
      await settle()
      const { body } = await bob.get(`/api/v1/accounts/${found.id}`)
      assert.equal((body as Account).display_name, 'Alice the First')
    })

    test('SIG-11 the same activity delivered again changes nothing', async () => {
      await followAlice()
      await post(alice, { status: 'once' })
      const jobs = await here.app.db.selectFrom('seen').selectAll().execute()
      await settle()
      assert.equal((await home(bob)).length, 1)
      assert.deepEqual(await here.app.db.selectFrom('seen').selectAll().execute(), jobs)
    })

    test('a server that was away gets what it missed', async () => {
      await followAlice()
      network.down.add('there.example')
      await post(alice, { status: 'while you were out' })
      assert.deepEqual(await home(bob), [])
      network.down.delete('there.example')
      for (let hours = 0; hours < 12; hours++) {
        here.clock.advance(1_800_000)
        there.clock.advance(1_800_000)
        await settle()
      }
      assert.deepEqual(
        (await home(bob)).map((each) => each.content),
        ['<p>while you were out</p>'],
      )
    })
  })
}
